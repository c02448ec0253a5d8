// The threshold of a binary classifier: the model's own, or one that is tried out.

import { h } from "./dom.js";
import { formatPercent, formatValue } from "./format.js";
import { paintSlider } from "./number_field.js";

/**
 * A slider for other thresholds.
 *
 * @param {object} output The signature's output.
 * @param {() => void} onchange Called when another one is chosen.
 */
export function makeThreshold(output, onchange) {
  const own = output.threshold ?? 0.5;
  let chosen = null;
  const slider = h("input", {
    type: "range",
    id: "threshold",
    min: "0",
    max: "1",
    step: "0.01",
    "aria-describedby": "threshold-note",
  });
  const shown = h("output", { for: "threshold", class: "threshold-value" });
  const note = h("p", { class: "hint", id: "threshold-note" });
  const reset = h("button", { type: "button", class: "quiet", onclick: () => choose(null) }, "Reset");

  function paint() {
    slider.value = chosen ?? own;
    paintSlider(slider);
    shown.textContent = formatPercent(chosen ?? own);
    slider.setAttribute("aria-valuetext", shown.textContent);
    reset.disabled = chosen === null;
    note.textContent = noteText();
  }

  function noteText() {
    const positive = formatValue(output.positive);
    if (chosen !== null) return `“${positive}” from ${formatPercent(chosen)} on, in this request only.`;
    if (output.threshold !== null) return `“${positive}” from ${formatPercent(own)} on, as packed.`;
    return "The model decides by itself, which for most is at 50%.";
  }

  function choose(value) {
    chosen = value;
    paint();
    onchange();
  }

  slider.addEventListener("input", () => choose(Number(slider.value)));
  paint();
  return {
    element: h(
      "div",
      { class: "threshold" },
      h("div", { class: "field-head" }, h("label", { for: "threshold", class: "label" }, "Threshold"), shown, reset),
      slider,
      note,
    ),
    /** The threshold to send, or null for the model's own. */
    chosen: () => chosen,
    /** Where the line stands; a guess where the model decides by itself. */
    line: () => ({ value: chosen ?? own, isGuess: chosen === null && output.threshold === null }),
  };
}
