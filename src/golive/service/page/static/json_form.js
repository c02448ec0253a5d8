// The form of a function model, or of one with very many columns: its request as JSON.

import { h, newId, showText } from "./dom.js";
import { parseExact } from "./json_text.js";

/** An editor with the interface of the form, and the request's schema below it. */
export function makeJsonForm(about, onchange) {
  const id = newId("request");
  const error = h("p", { class: "error", id: `${id}-error`, hidden: true });
  const box = h("textarea", {
    id,
    class: "code editor",
    rows: 22,
    spellcheck: "false",
    autocapitalize: "off",
    "aria-describedby": `${id}-error`,
    oninput: onchange,
  });
  const schema = about.signature.json_schema;
  const element = h(
    "form",
    { class: "fields one", novalidate: true, onsubmit: (event) => event.preventDefault() },
    h(
      "div",
      { class: "field wide" },
      h(
        "div",
        { class: "field-head" },
        h("label", { class: "label", for: id }, "As JSON"),
        h("button", { type: "button", class: "quiet end", onclick: tidy }, "Tidy"),
      ),
      box,
      error,
    ),
    schema ? schemaOf(schema) : null,
  );

  function setError(text) {
    showText(error, text);
    if (text === "") box.removeAttribute("aria-invalid");
    else box.setAttribute("aria-invalid", "true");
  }

  function read() {
    try {
      return parseExact(box.value);
    } catch (fault) {
      setError(`This is not JSON yet. ${fault.message}`);
      return undefined;
    }
  }

  function tidy() {
    const value = read();
    if (value !== undefined) box.value = JSON.stringify(value, null, 2);
  }

  return {
    element,
    read,
    write(record) {
      box.value = JSON.stringify(record ?? null, null, 2);
      setError("");
    },
    showErrors(errors) {
      setError("");
      return errors;
    },
    clearErrors: () => setError(""),
  };
}

function schemaOf(schema) {
  const text = JSON.stringify(schema, null, 2);
  return h(
    "details",
    { class: "wide" },
    h("summary", {}, "JSON Schema of a request"),
    h("pre", { class: "code-block", tabindex: "0", role: "group", "aria-label": "JSON Schema" }, text),
  );
}
