// The answer of a function model: any JSON, and a table where it is a list of flat objects.

import { h } from "./dom.js";
import { formatCount, formatNumber, formatValue } from "./format.js";
import { isExact } from "./json_text.js";

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
  if (!isNested(item) || Array.isArray(item)) return false;
  return !Object.values(isFault(item) ? item.error : item).some(isNested);
}

/** Whether the function says of this item that it failed, as the service says it of a record. */
function isFault(item) {
  return typeof item.error?.message === "string" || typeof item.error?.code === "string";
}

function isNested(value) {
  return value !== null && typeof value === "object" && !isExact(value);
}

function isNumber(value) {
  return typeof value === "number" || isExact(value);
}

function tableOf(items) {
  const names = [...new Set(items.flatMap((item) => (isFault(item) ? [] : Object.keys(item))))];
  const faults = items.filter(isFault).length;
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
      h("thead", {}, h("tr", {}, names.map((name) => headOf(name, items)))),
      h("tbody", {}, items.slice(0, MOST_ROWS).map((item) => rowOf(item, names))),
    ),
  );
}

function headOf(name, items) {
  const values = items.map((item) => item[name]).filter((value) => value !== undefined && value !== null);
  const isNumeric = values.length > 0 && values.every(isNumber);
  return h("th", { scope: "col", class: isNumeric ? "numeric" : null }, name);
}

function rowOf(item, names) {
  if (isFault(item)) {
    const where = item.error.field ? `${item.error.field}: ` : "";
    const text = `${where}${item.error.message ?? item.error.code}`;
    return h("tr", { class: "faulty" }, h("td", { colspan: Math.max(1, names.length) }, text));
  }
  return h("tr", {}, names.map((name) => cellOf(item[name])));
}

function cellOf(value) {
  if (value === undefined || value === null) return h("td", { class: "empty" }, "–");
  const isFraction = typeof value === "number" && !Number.isInteger(value);
  const text = isFraction ? formatNumber(value) : formatValue(value);
  return h("td", { class: isNumber(value) ? "numeric" : null }, text);
}
