// The answer of a function model: any JSON, and a table where it is a list of flat objects.

import { h } from "./dom.js";
import { formatCount, formatValue } from "./format.js";

const MOST_ROWS = 200;

/** What shows an answer. */
export function customAnswer(value) {
  const text = JSON.stringify(value, null, 2);
  const json = h("pre", { class: "code-block", tabindex: "0", role: "group", "aria-label": "Answer as JSON" }, text);
  if (!isTable(value)) return json;
  return h("div", {}, tableOf(value), h("details", {}, h("summary", {}, "The answer as JSON"), json));
}

function isTable(value) {
  return Array.isArray(value) && value.length > 0 && value.every(isFlatOrError);
}

function isFlatOrError(item) {
  if (item === null || typeof item !== "object" || Array.isArray(item)) return false;
  return Object.values(item.error ?? item).every((each) => each === null || typeof each !== "object");
}

function tableOf(items) {
  const names = [...new Set(items.flatMap((item) => (item.error ? [] : Object.keys(item))))];
  const faults = items.filter((item) => item.error).length;
  const notes = [
    items.length === 1 ? "1 entry" : `${formatCount(items.length)} entries`,
    faults > 0 ? `${formatCount(faults)} with an error` : "",
    items.length > MOST_ROWS ? `the first ${MOST_ROWS} shown` : "",
  ];
  const caption = notes.filter(Boolean).join(", ");
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "group", "aria-label": "Answer as a table" },
    h(
      "table",
      {},
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, items.slice(0, MOST_ROWS).map((item) => rowOf(item, names))),
    ),
  );
}

function rowOf(item, names) {
  if (item.error) {
    const where = item.error.field ? `${item.error.field}: ` : "";
    const text = `${where}${item.error.message ?? item.error.code}`;
    return h("tr", { class: "faulty" }, h("td", { colspan: Math.max(1, names.length) }, text));
  }
  return h("tr", {}, names.map((name) => cellOf(item[name])));
}

function cellOf(value) {
  if (value === undefined || value === null) return h("td", { class: "empty" }, "–");
  return h("td", { class: typeof value === "number" ? "numeric" : null }, formatValue(value));
}
