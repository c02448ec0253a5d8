// The page: one model, or a list of those that are served here.

import { addressOf, getJson, getModel, isPassing } from "./api.js";
import { makeAboutView, makeCardView } from "./about_view.js";
import { makeCodeView } from "./code_view.js";
import { h } from "./dom.js";
import { watchHealth } from "./health.js";
import { makeTableView, takesTable } from "./table_view.js";
import { makeTabs } from "./tabs.js";
import { makeTryView } from "./try_view.js";

const KINDS = {
  binary: "Binary classifier",
  multiclass: "Classifier",
  regression: "Regression",
  custom: "Function",
};
const RETRY = 2000;

/** What is served: every model, and all that is told of the one that this page is about, if any. */
async function look() {
  const index = await getJson("/");
  const named = /\/models\/([^/]+)\/?$/.exec(location.pathname)?.[1];
  const only = index.models.length === 1 ? index.models[0] : null;
  const summary = index.models.find((model) => model.name === named) ?? only;
  return { index, about: summary === null ? null : await getModel(summary.paths.about) };
}

function showModels(models, health) {
  document.title = "Models · golive";
  document.getElementById("top").append(health.show());
  const cards = models.map((model) =>
    h(
      "li",
      { class: "card model" },
      h("h2", {}, h("a", { href: addressOf(model.paths.about) }, model.name)),
      h("p", { class: "chips-line" }, chipsOf(model)),
    ),
  );
  const count = models.length === 1 ? "1 model is" : `${models.length} models are`;
  document
    .getElementById("content")
    .replaceChildren(
      h("div", { class: "hero" }, h("h1", {}, "Models"), h("p", { class: "lead" }, `${count} served here. Choose one to try it.`)),
      h("ul", { class: "models" }, cards),
    );
}

function showModel(about, { models, links }, health) {
  document.title = `${about.name} · golive`;
  const path = models.length === 1 ? "/predict" : about.paths.predict;
  const code = makeCodeView(addressOf(path));
  const renewed = h("p", { class: "banner", role: "status", hidden: true });
  const onoutcome = (outcome) => {
    if (isPassing(outcome) === health.isReady()) health.look();
    const { version } = outcome;
    if (!version) return;
    renewed.hidden = version === about.version;
    renewed.replaceChildren(`Version ${version} answers now. `, h("a", { href: location.href, onclick: reload }, "Reload the page"));
  };
  const tabs = [
    { name: "try", title: "Try", panel: makeTryView(about, path, { onrequest: code.show, onoutcome }) },
    takesTable(about.signature) ? { name: "table", title: "Table", panel: makeTableView(about, path) } : null,
    { name: "code", title: "Code", panel: code.element },
    { name: "card", title: "Card", panel: makeCardView(about) },
    { name: "about", title: "About", panel: makeAboutView(about, { links, health: health.show() }) },
  ].filter(Boolean);
  const { list, panels } = makeTabs(tabs, "Views of the model");
  const { description } = about.signature.output;
  document.getElementById("top").append(
    models.length > 1 ? h("a", { class: "all-models", href: addressOf("/") }, "All models") : "",
    health.show(),
  );
  document
    .getElementById("content")
    .replaceChildren(
      h(
        "div",
        { class: "hero" },
        h("h1", {}, about.name),
        h("p", { class: "chips-line" }, chipsOf(about)),
        description ? h("p", { class: "lead" }, description) : "",
      ),
      about.drifted ? h("p", { class: "banner warning" }, "This environment answers golden records differently than when the model was packed.") : "",
      renewed,
      list,
      ...panels,
    );
}

function chipsOf(model) {
  return [
    h("span", { class: "tag" }, KINDS[model.kind]),
    " ",
    h("span", { class: "tag plain" }, "version ", h("code", {}, model.version)),
  ];
}

function reload(event) {
  event.preventDefault();
  location.reload();
}

async function begin() {
  let found;
  try {
    found = await look();
  } catch (error) {
    document.getElementById("loading").textContent =
      error.status === 503 ? "The models are being loaded …" : `${error.message}. Trying again …`;
    setTimeout(begin, RETRY);
    return;
  }
  const health = watchHealth();
  if (found.about === null) showModels(found.index.models, health);
  else showModel(found.about, found.index, health);
}

/** A file that misses its place would take the page's own; a text may be dropped anywhere. */
function keepFilesFromReplacingThePage() {
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  }
}

keepFilesFromReplacingThePage();
begin();
