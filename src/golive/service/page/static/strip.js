// On a narrow screen, the answer in a line at the bottom while the answer itself is out of sight.

import { h } from "./dom.js";

/** A line that shows while `answer` is not seen; it repeats what is there, so it is not read out. */
export function makeStrip(answer) {
  const label = h("span", { class: "strip-label" });
  const detail = h("span", { class: "strip-detail" });
  const element = h("div", { class: "strip", "aria-hidden": "true" }, label, detail);
  new IntersectionObserver(([entry]) => {
    element.classList.toggle("needed", !entry.isIntersecting && answer.offsetParent !== null);
  }).observe(answer);
  return {
    element,
    show(labelText, detailText) {
      label.textContent = labelText;
      detail.textContent = detailText;
    },
  };
}
