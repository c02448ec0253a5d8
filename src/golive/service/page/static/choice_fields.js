// Choices: categories, and truth values that may be null.

import { h, newId } from "./dom.js";
import { frameField, isNullable } from "./field.js";
import { formatValue } from "./format.js";

const NONE = "none";
const OTHER = "other";
const CHOICES = [
  ["true", "yes", true],
  ["false", "no", false],
  ["null", "no value", null],
];

/** A field for a category: the known ones, no value, and any other where the model takes it. */
export function categoryField(column, onchange) {
  const takesOther = column.on_unseen !== "error";
  const select = h(
    "select",
    {},
    h("option", { value: NONE }, isNullable(column) ? "no value" : "choose …"),
    column.categories.map((category, at) => h("option", { value: at }, formatValue(category))),
    takesOther ? h("option", { value: OTHER }, "other …") : null,
  );
  const other = h("input", {
    type: "text",
    autocomplete: "off",
    "aria-label": `${column.name}: another value`,
    placeholder: "another value",
    hidden: true,
  });
  const hint = column.categories.length === 1 ? "1 known" : `${column.categories.length} known`;
  const control = h("div", { class: "choice" }, select, other);
  const frame = frameField(column, control, { input: select, hint });

  function settle() {
    other.hidden = select.value !== OTHER;
    const isUnseen = select.value === OTHER && other.value !== "";
    frame.setNote(isUnseen ? "Not among the categories that the model has seen." : "");
  }

  const unlisted = new Map();

  function unlistedKey(value) {
    const text = formatValue(value);
    const key = `unlisted ${text}`;
    if (!unlisted.has(key)) select.append(h("option", { value: key }, text));
    unlisted.set(key, value);
    return key;
  }

  select.addEventListener("change", () => {
    settle();
    if (select.value === OTHER) other.focus();
    onchange();
  });
  other.addEventListener("input", () => {
    settle();
    onchange();
  });
  return {
    ...frame,
    read() {
      if (select.value === NONE) return { value: null };
      if (select.value === OTHER) return { value: other.value };
      if (unlisted.has(select.value)) return { value: unlisted.get(select.value) };
      return { value: column.categories[Number(select.value)] };
    },
    write(value) {
      const at = column.categories.indexOf(value);
      other.value = "";
      if ((value ?? null) === null) select.value = NONE;
      else if (at >= 0) select.value = String(at);
      else if (takesOther && typeof value === "string") {
        select.value = OTHER;
        other.value = value;
      } else select.value = unlistedKey(value);
      settle();
    },
  };
}

/** A field for a truth value; with a third state where it may be null. */
export function booleanField(column, onchange) {
  const group = newId("choice");
  const offered = CHOICES.filter(([, , value]) => value !== null || isNullable(column));
  const inputs = offered.map(([name]) =>
    h("input", { type: "radio", name: group, id: `${group}-${name}`, value: name, onchange }),
  );
  const control = h(
    "div",
    { class: "segments", role: "radiogroup" },
    offered.map(([name, title], at) => [inputs[at], h("label", { for: `${group}-${name}` }, title)]).flat(),
  );
  const frame = frameField(column, control, { isGroup: true, hint: "yes or no" });
  let unread = null;
  return {
    ...frame,
    read() {
      const chosen = inputs.findIndex((input) => input.checked);
      return { value: chosen < 0 ? unread : offered[chosen][2] };
    },
    write(value) {
      unread = value ?? null;
      inputs.forEach((input, at) => {
        input.checked = offered[at][2] === unread;
      });
    },
  };
}
