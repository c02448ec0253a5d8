// Texts, moments and vectors.

import { h } from "./dom.js";
import { frameField, isNullable } from "./field.js";
import { parseJson } from "./json_text.js";

const MOMENTS = [
  ["date", /^\d{4}-\d\d-\d\d$/],
  ["datetime-local", /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/],
];

/** A field for a text; a long one gets room, and null where it may be null. */
export function textField(column, onchange, { isLong = false, rows = 3 } = {}) {
  const box = isLong
    ? h("textarea", { rows, spellcheck: "false" })
    : h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const nothing = h("input", { type: "checkbox", "aria-label": `${column.name} has no value` });
  const extra = isNullable(column) ? h("label", { class: "null-toggle" }, nothing, "no value") : null;
  const hint = column.name === "text" ? "" : "text";
  const frame = frameField(column, box, { hint, extra, isWide: isLong });
  box.addEventListener("input", onchange);
  nothing.addEventListener("change", () => {
    box.disabled = nothing.checked;
    onchange();
  });
  return {
    ...frame,
    read: () => ({ value: nothing.checked ? null : box.value }),
    write(value) {
      const isNothing = (value ?? null) === null;
      nothing.checked = isNothing && isNullable(column);
      box.disabled = nothing.checked;
      box.value = isNothing ? "" : String(value);
    },
  };
}

/** A field for a date or a time, in the form that the sample has. */
export function momentField(column, onchange, samples) {
  const texts = [...samples, column.example, column.minimum, column.maximum].filter(
    (sample) => typeof sample === "string",
  );
  const [type] = MOMENTS.find(([, form]) => texts.length > 0 && texts.every((text) => form.test(text))) ?? ["text"];
  const box = h("input", { type, step: type === "datetime-local" ? "1" : null, autocomplete: "off" });
  const hint = type === "text" ? "ISO 8601" : { date: "date", "datetime-local": "date and time" }[type];
  const frame = frameField(column, box, { hint });
  box.addEventListener("input", () => {
    settle();
    onchange();
  });

  function settle() {
    const { minimum: low, maximum: high } = column;
    const isOutside = box.value !== "" && type !== "text" && low && high && isBeyond(box.value, low, high);
    frame.setNote(isOutside ? `Outside the sample's range, ${low} to ${high}.` : "");
  }

  return {
    ...frame,
    read: () => ({ value: box.value.trim() || null }),
    write(value) {
      box.value = typeof value === "string" ? value : "";
      settle();
    },
  };
}

/** A field for a list of numbers, or lists of them, as JSON. */
export function vectorField(column, onchange) {
  const box = h("textarea", { rows: 2, spellcheck: "false", class: "code" });
  const shape = column.shape?.length ? column.shape : [column.length].filter(Boolean);
  const hint = shape.length > 0 ? `${shape.join(" × ")} numbers, as JSON` : "numbers, as JSON";
  const frame = frameField(column, box, { hint, isWide: true });
  box.addEventListener("input", onchange);
  return {
    ...frame,
    read() {
      if (box.value.trim() === "") return { value: null };
      try {
        return { value: parseJson(box.value) };
      } catch {
        return { problem: "This is not JSON yet: a list of numbers is [1, 2.5, 3]." };
      }
    },
    write(value) {
      box.value = (value ?? null) === null ? "" : JSON.stringify(value);
    },
  };
}

function isBeyond(text, low, high) {
  const [moment, first, last] = [text, low, high].map((each) => Date.parse(each.replace(" ", "T")));
  return moment < first || moment > last;
}
