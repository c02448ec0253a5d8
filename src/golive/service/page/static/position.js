// Where a number lies among the model's answers on the held-out sample.

import { h } from "./dom.js";
import { formatRoughly } from "./format.js";

/** A scale over the quantiles 0, 1, …, 100 of the held-out answers; nothing without them. */
export function makePosition(quantiles) {
  const low = quantiles[0];
  const high = quantiles.at(-1);
  if (!(low < high)) return { element: null, show() {} };
  const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const mark = h("span", { class: "scale-mark" });
  const band = h("span", { class: "scale-band" });
  const middle = h("span", { class: "scale-middle" });
  band.style.setProperty("--from", share(quantiles[5]));
  band.style.setProperty("--to", share(quantiles[95]));
  middle.style.setProperty("--share", share(quantiles[50]));
  const sentence = h("p", { class: "hint" });
  const element = h(
    "div",
    { class: "scale" },
    h("div", { class: "scale-track", "aria-hidden": "true" }, band, middle, mark),
    h(
      "div",
      { class: "scale-ends", "aria-hidden": "true" },
      h("span", {}, formatRoughly(low)),
      h("span", {}, formatRoughly(high)),
    ),
    sentence,
  );

  function show(value) {
    mark.style.setProperty("--share", share(value));
    sentence.textContent = `${rank(quantiles, value)} The band holds 90% of them; its line is the median, ${formatRoughly(quantiles[50])}.`;
  }

  return { element, show };
}

function rank(quantiles, value) {
  if (value < quantiles[0]) return "Below every answer on the held-out sample.";
  if (value > quantiles.at(-1)) return "Above every answer on the held-out sample.";
  const below = quantiles.filter((quantile) => quantile < value).length;
  const percent = Math.min(99, Math.max(1, below - 1));
  return `Higher than about ${percent}% of the answers on the held-out sample.`;
}
