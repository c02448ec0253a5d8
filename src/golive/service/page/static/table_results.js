// The answered rows, as a table that stays quick however many there are.

import { h } from "./dom.js";
import { formatNumber, formatPercent, formatValue, shorten } from "./format.js";
import { messagesOf } from "./table_records.js";

const MOST_ROWS = 200;
const LONGEST = 80;

/** A card with the first rows and a button for the download of all. */
export function resultsTable({ match, entries, signature, summary, ondownload }) {
  const { output } = signature;
  const heads = headsOf(output);
  const shown = match.rows.slice(0, MOST_ROWS);
  const left = entries.length - shown.length;
  const note = left > 0 ? `The first ${MOST_ROWS} rows are shown; the download has all.` : "";
  return h(
    "section",
    { class: "card", "aria-labelledby": "results-title" },
    h(
      "div",
      { class: "card-head" },
      h("h2", { id: "results-title" }, "Answers"),
      h("span", { class: "hint" }, summary),
      h("button", { type: "button", class: "primary end", onclick: ondownload }, "Download CSV"),
    ),
    note ? h("p", { class: "hint" }, note) : null,
    h(
      "div",
      { class: "table-frame tall", tabindex: "0", role: "group", "aria-labelledby": "results-title" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, head("Row"), heads, match.header.map(head))),
        h(
          "tbody",
          {},
          shown.map((row, at) => rowOf(row, entries[at], { at, output, heads, match })),
        ),
      ),
    ),
  );
}

function head(name) {
  return h("th", { scope: "col" }, name);
}

function headsOf(output) {
  const numeric = (name) => h("th", { scope: "col", class: "numeric" }, name);
  if (output.kind === "regression") return [numeric(output.name || "Answer")];
  const label = head("Answer");
  return output.kind !== "custom" && output.has_probabilities ? [label, numeric("Score")] : [label];
}

function rowOf(row, entry, { at, output, heads, match }) {
  const cells = match.columns.map((column, cell) => {
    const isFaulty = entry.error && column && faultyFields(entry.error).has(column.name);
    return h("td", { class: isFaulty ? "faulty-cell" : null }, shorten(row[cell] ?? "", LONGEST));
  });
  return h(
    "tr",
    { class: entry.error ? "faulty" : null },
    h("th", { scope: "row" }, String(at + 1)),
    entry.error
      ? h("td", { colspan: heads.length, class: "message" }, messagesOf(entry.error))
      : answersOf(entry, output),
    cells,
  );
}

function answersOf(entry, output) {
  if (output.kind === "regression") return [h("td", { class: "strong numeric" }, formatNumber(entry.score))];
  if (output.kind === "custom") return [h("td", {}, shorten(JSON.stringify(entry.value), LONGEST))];
  const label = h("td", { class: "strong" }, formatValue(entry.label));
  return entry.score === undefined ? [label] : [label, h("td", { class: "numeric" }, formatPercent(entry.score))];
}

function faultyFields(error) {
  return new Set([error, ...(error.others ?? [])].map((each) => each.field));
}
