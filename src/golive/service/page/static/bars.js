// A bar for each class, with the threshold drawn into that of the positive class.

import { breakable, h } from "./dom.js";
import { classKey, formatPercent } from "./format.js";

const SHOWN = 10;

/** Bars for the classes of a classifier; of many classes the likeliest, until all are asked for. */
export function makeBars(output) {
  const rows = new Map();
  const positive = output.kind === "binary" ? classKey(output.positive) : null;
  const list = h("ol", { class: "bars", "aria-label": "Probability of each class" });
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: toggle });
  let showsAll = false;
  let last = null;

  function rowFor(name) {
    if (rows.has(name)) return rows.get(name);
    const percent = h("span", { class: "bar-percent" });
    const fill = h("span", { class: "bar-fill" });
    const line = name === positive ? h("span", { class: "bar-threshold" }) : null;
    const element = h(
      "li",
      {},
      h("span", { class: "bar-name" }, name === "" ? "(empty text)" : breakable(name)),
      percent,
      h("span", { class: "bar-track", "aria-hidden": "true" }, fill, line),
    );
    const row = { element, percent, fill, line };
    rows.set(name, row);
    return row;
  }

  function show(entry, threshold) {
    last = [entry, threshold];
    const shares = Object.entries(entry.probabilities);
    if (positive === null) shares.sort(([, one], [, other]) => other - one);
    else shares.sort(([one], [other]) => Number(other === positive) - Number(one === positive));
    const shown = showsAll ? shares : shares.slice(0, SHOWN);
    shown.forEach(([name, share], at) => {
      const row = rowFor(name);
      row.percent.textContent = formatPercent(share);
      row.fill.style.setProperty("--share", share);
      row.element.classList.toggle("chosen", name === classKey(entry.label));
      if (row.line && threshold) {
        row.line.style.setProperty("--share", threshold.value);
        row.line.classList.toggle("guessed", threshold.isGuess);
      }
      if (list.children[at] !== row.element) list.insertBefore(row.element, list.children[at] ?? null);
    });
    while (list.children.length > shown.length) list.lastChild.remove();
    more.hidden = shares.length <= SHOWN;
    more.textContent = showsAll ? `Show the ${SHOWN} likeliest` : `Show all ${shares.length} classes`;
  }

  function toggle() {
    showsAll = !showsAll;
    show(...last);
  }

  return { element: h("div", { class: "bars-frame" }, list, more), show };
}
