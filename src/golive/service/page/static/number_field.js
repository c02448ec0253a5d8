// Numbers: a text box that never depends on the browser's language, arrow keys, and a slider over
// the sample's range.

import { h } from "./dom.js";
import { frameField, isNullable } from "./field.js";
import { formatNumber } from "./format.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A field for an integer or a number. */
export function numberField(column, onchange) {
  const { minimum: low, maximum: high } = column;
  const hasRange = low !== null && high !== null && low < high;
  const step = stepOf(column, hasRange);
  const box = h("input", {
    type: "text",
    inputmode: low !== null && low >= 0 ? "decimal" : "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: isNullable(column) ? "no value" : null,
  });
  const slider = hasRange
    ? h("input", { type: "range", min: low, max: high, step, tabindex: "-1", "aria-hidden": "true" })
    : null;
  const control = h("div", { class: "number" }, box, slider);
  const frame = frameField(column, control, { input: box, hint: rangeHint(column, hasRange) });

  function settle() {
    const value = readNumber(box.value);
    const isNumber = typeof value === "number";
    const isOutside = isNumber && ((low !== null && value < low) || (high !== null && value > high));
    frame.setNote(isOutside && !column.isStrict ? `Outside the sample's range, ${rangeText(low, high)}.` : "");
    if (slider) {
      slider.value = isNumber ? value : low;
      slider.classList.toggle("unset", !isNumber);
      paintSlider(slider);
    }
  }

  box.addEventListener("input", () => {
    settle();
    onchange();
  });
  slider?.addEventListener("input", () => {
    box.value = slider.value;
    settle();
    onchange();
  });
  box.addEventListener("keydown", (event) => {
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const value = readNumber(box.value);
    if (!sign || (value !== null && typeof value !== "number")) return;
    event.preventDefault();
    box.value = stepped(value ?? column.example ?? low ?? 0, sign * step);
    settle();
    onchange();
  });
  return {
    ...frame,
    read: () => ({ value: readNumber(box.value) }),
    write(value) {
      box.value = value === null || value === undefined ? "" : String(value);
      settle();
    },
  };
}

/** The number that a text stands for; null for an empty one, and the text itself where it is none. */
export function readNumber(text) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (!NUMBER.test(trimmed)) return trimmed;
  const value = Number(trimmed);
  const isExact = Number.isFinite(value) && !(Number.isInteger(value) && !Number.isSafeInteger(value));
  return isExact ? value : trimmed;
}

/** Show in the slider's track how far it is. */
export function paintSlider(slider) {
  const share = (slider.value - slider.min) / (slider.max - slider.min);
  slider.style.setProperty("--share", `${share * 100}%`);
}

function stepOf(column, hasRange) {
  if (column.type === "integer") return 1;
  if (!hasRange) return 0.1;
  const power = 10 ** Math.floor(Math.log10((column.maximum - column.minimum) / 100));
  const isWhole = Number.isInteger(column.minimum) && Number.isInteger(column.maximum);
  return isWhole && column.maximum - column.minimum >= 10 ? Math.max(1, power) : power;
}

function stepped(value, change) {
  return String(Number((value + change).toPrecision(12)));
}

function rangeText(low, high) {
  if (high === null) return `from ${formatNumber(low)}`;
  return low === null ? `up to ${formatNumber(high)}` : `${formatNumber(low)} to ${formatNumber(high)}`;
}

function rangeHint(column, hasRange) {
  const kind = column.type === "integer" ? "integer" : "number";
  return hasRange ? rangeText(column.minimum, column.maximum) : kind;
}
