// Whether the service is ready, asked again and again while the page is seen.

import { readiness } from "./api.js";
import { h } from "./dom.js";

const PERIOD = 10_000;
const TEXTS = {
  ready: "Ready",
  starting: "Starting",
  draining: "Ending",
  unreachable: "Unreachable",
};

/** Ask now and then; gives a function that makes elements which show what was last heard. */
export function watchHealth() {
  const shown = [];
  let state = "asking";

  async function look() {
    if (!document.hidden) {
      state = await readiness();
      shown.forEach(paint);
    }
    setTimeout(look, PERIOD);
  }

  function paint({ element, text }) {
    element.dataset.state = state === "ready" ? "good" : state === "asking" ? "unknown" : "bad";
    text.textContent = state === "asking" ? "Asking …" : (TEXTS[state] ?? "Not ready");
  }

  look();
  return () => {
    const text = h("span", {});
    const element = h("span", { class: "health" }, h("span", { class: "dot", "aria-hidden": "true" }), text);
    shown.push({ element, text });
    paint(shown.at(-1));
    return element;
  };
}
