// What is known of the bundle and of the service.

import { addressOf } from "./api.js";
import { h } from "./dom.js";
import { formatCount, formatRoughly } from "./format.js";
import { renderMarkdown } from "./markdown.js";

/** The card of the model, without the heading that the page has already. */
export function makeCardView(about) {
  const elements = renderMarkdown(about.card);
  if (elements[0]?.tagName === "H2" && elements[0].textContent === about.name) elements.shift();
  const empty = h("p", {}, "The bundle has no card.");
  return h("article", { class: "card prose", "aria-label": "Model card" }, elements.length > 0 ? elements : empty);
}

/** Version, origin, metrics, packages and links. */
export function makeAboutView(about, { links, health }) {
  const { bundle } = about;
  const facts = [
    ["Version", h("code", {}, about.version)],
    ["Bundle id", bundle.id ? h("code", { class: "breaks" }, bundle.id) : null],
    ["Packed", bundle.created_at ? h("time", { datetime: bundle.created_at }, whenText(bundle.created_at)) : null],
    ["Packed with", bundle.golive_version ? `golive ${bundle.golive_version}, Python ${bundle.python_version}` : null],
    ["Model", bundle.kind],
    ["Answers", bundle.answers ? `The ${bundle.answers} model. ${bundle.answers_because}` : null],
    ["Commit", bundle.git_commit ? h("code", {}, bundle.git_commit) : null],
    ["Service", health],
    ["Environment", about.drifted ? "Drifted: golden records are answered differently than when it was packed." : null],
  ];
  return h(
    "div",
    { class: "columns" },
    card("Bundle", h("dl", { class: "facts" }, facts.filter(([, value]) => value).map(factOf))),
    bundle.evaluation ? card("Evaluation", metricsTable(bundle.evaluation)) : null,
    bundle.requirements?.length ? card("Packages", listOf(bundle.requirements)) : null,
    card("For programs", h("ul", { class: "links" }, linksOf(about, links).map(linkOf))),
  );
}

function card(title, content) {
  return h("section", { class: "card" }, h("h2", {}, title), content);
}

function factOf([name, value]) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function listOf(texts) {
  return h("ul", { class: "packages" }, texts.map((text) => h("li", {}, h("code", {}, text))));
}

function metricsTable(evaluation) {
  const rows = Object.entries(evaluation.metrics).map(([name, value]) => {
    const baseline = evaluation.baseline[name];
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name.replaceAll("_", " ")),
      h("td", { class: "numeric strong" }, formatRoughly(value)),
      h("td", { class: "numeric" }, baseline === undefined ? "–" : formatRoughly(baseline)),
    );
  });
  const heads = ["Metric", "Model", "Baseline"].map((name, at) =>
    h("th", { scope: "col", class: at > 0 ? "numeric" : null }, name),
  );
  return h(
    "div",
    {},
    h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    h("p", { class: "hint" }, `On ${formatCount(evaluation.rows)} held-out rows; the baseline is the ${evaluation.baseline_name}.`),
  );
}

function linksOf(about, links) {
  const titles = { "/docs": "API documentation", "/metrics": "Prometheus metrics", "/openapi.json": "OpenAPI document" };
  const own = [[about.paths.schema, "JSON Schema of a record"]];
  return [...Object.entries(titles).filter(([path]) => links.includes(path)), ...own];
}

function linkOf([path, title]) {
  return h("li", {}, h("a", { href: addressOf(path) }, title), " ", h("code", {}, path));
}

function whenText(moment) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  return `${date.toLocaleString("en", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" })} UTC`;
}
