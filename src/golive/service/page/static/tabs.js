// Tabs: a list of buttons, of which one panel is shown; the address's fragment names it.

import { h } from "./dom.js";

/**
 * @param {{name: string, title: string, panel: Element, onshow?: () => void}[]} tabs
 * @returns {{list: Element, panels: Element[]}}
 */
export function makeTabs(tabs, label) {
  const buttons = tabs.map((tab) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${tab.name}`,
        "aria-controls": `panel-${tab.name}`,
        onclick: () => select(tab.name),
      },
      tab.title,
    ),
  );
  const panels = tabs.map((tab) =>
    h(
      "section",
      { role: "tabpanel", id: `panel-${tab.name}`, "aria-labelledby": `tab-${tab.name}` },
      tab.panel,
    ),
  );

  function select(name, { keepsAddress = false } = {}) {
    tabs.forEach((tab, at) => {
      const isChosen = tab.name === name;
      buttons[at].setAttribute("aria-selected", String(isChosen));
      buttons[at].tabIndex = isChosen ? 0 : -1;
      panels[at].hidden = !isChosen;
      if (isChosen) tab.onshow?.();
    });
    if (!keepsAddress) history.replaceState(null, "", `#${name}`);
  }

  function move(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const at = buttons.indexOf(document.activeElement);
    let next = at + (steps[event.key] ?? 0);
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = buttons.length - 1;
    if (next === at) return;
    event.preventDefault();
    next = (next + buttons.length) % buttons.length;
    buttons[next].focus();
    select(tabs[next].name);
  }

  const list = h("div", { role: "tablist", "aria-label": label, class: "tabs", onkeydown: move }, buttons);
  const named = () => tabs.find((tab) => `#${tab.name}` === location.hash)?.name;
  addEventListener("hashchange", () => named() && select(named(), { keepsAddress: true }));
  select(named() ?? tabs[0].name, { keepsAddress: true });
  return { list, panels };
}
