// Whether the service is ready, asked again and again while the page is seen.

import { readiness } from "./api.js";
import { h } from "./dom.js";

const PERIOD = 10_000;
const SOON = 2000; // where it is not ready, which should not last
const TEXTS = {
  ready: "Ready",
  starting: "Starting",
  draining: "Ending",
  unreachable: "Unreachable",
};

/**
 * Ask now and then. Gives `show()`, which makes an element that tells what was last heard;
 * `isReady()`; and `look()`, which asks now.
 */
export function watchHealth() {
  const shown = [];
  let state = "asking";
  let timer = null;

  async function look() {
    if (!document.hidden) {
      state = await readiness();
      shown.forEach(paint);
    }
    clearTimeout(timer);
    timer = setTimeout(look, state === "ready" ? PERIOD : SOON);
  }

  function paint({ element, text }) {
    element.dataset.state = state === "ready" ? "good" : state === "asking" ? "unknown" : "bad";
    text.textContent = state === "asking" ? "Asking …" : (TEXTS[state] ?? "Not ready");
  }

  function show() {
    const text = h("span", {});
    const element = h("span", { class: "health" }, h("span", { class: "dot", "aria-hidden": "true" }), text);
    shown.push({ element, text });
    paint(shown.at(-1));
    return element;
  }

  look();
  return { show, look, isReady: () => state === "ready" };
}
