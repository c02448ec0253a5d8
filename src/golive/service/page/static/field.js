// What every field of the form has: a label, a hint, a note, an error.

import { h, newId, showText } from "./dom.js";

/**
 * A frame around a control.
 *
 * @param {object} column The column of the signature.
 * @param {Element} control What a person types or chooses in.
 * @param {object} options `hint` beside the label; `extra` behind it; `input` (the element that
 *   is labelled, where it is not the control itself); `isGroup` (a group of inputs, not one);
 *   `isWide`.
 */
export function frameField(column, control, options = {}) {
  const { hint = "", extra = null, isGroup = false, isWide = false } = options;
  const input = options.input ?? control;
  const id = newId("field");
  const parts = {
    hint: h("span", { class: "hint", id: `${id}-hint` }, hint),
    note: h("p", { class: "note", id: `${id}-note`, hidden: true }),
    error: h("p", { class: "error", id: `${id}-error`, hidden: true }),
  };
  const description = column.description
    ? h("p", { class: "description", id: `${id}-description` }, column.description)
    : null;
  input.id = id;
  const described = [parts.hint, description, parts.note, parts.error].filter(Boolean);
  input.setAttribute("aria-describedby", described.map((part) => part.id).join(" "));
  if (isGroup) input.setAttribute("aria-labelledby", `${id}-label`);
  const label = isGroup
    ? h("span", { class: "label", id: `${id}-label` }, column.name)
    : h("label", { class: "label", for: id }, column.name);
  const element = h(
    "div",
    { class: `field${isWide ? " wide" : ""}` },
    h("div", { class: "field-head" }, label, parts.hint, extra),
    control,
    description,
    parts.note,
    parts.error,
  );
  return {
    element,
    input,
    setNote: (text) => showText(parts.note, text),
    setError(text) {
      showText(parts.error, text);
      element.classList.toggle("faulty", text !== "");
      if (text === "") input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
    },
  };
}

/** Whether a column may be null. */
export function isNullable(column) {
  return column.on_null !== "error";
}
