// What is said of a table before it is answered.

import { h } from "./dom.js";
import { formatCount } from "./format.js";

const MOST_NAMED = 12;
const MOST_ROWS = 5;

/** Notes of what was read, and warnings of what a person may not have meant. */
export function notesOf(match, guess) {
  const count = match.rows.length === 1 ? "1 row" : `${formatCount(match.rows.length)} rows`;
  return [
    note(match.isLines ? `${count}, a text each` : count),
    ...faultsOf(match).map(warning),
    guess ? warning(`The file is not in UTF-8; it was read as ${guess}.`) : null,
    match.extra.length > 0 && hasNames(match)
      ? note(`Not sent, since the model has no such column: ${listed(match.extra, MOST_NAMED)}`)
      : null,
  ].filter(Boolean);
}

function faultsOf(match) {
  if (!hasNames(match)) {
    return [`The first line names none of the model's columns, which are: ${listed(match.missing, MOST_NAMED)}`];
  }
  const rows = match.uneven.length === 1 ? "Row" : "Rows";
  return [
    match.missing.length > 0 ? `Missing: ${listed(match.missing, MOST_NAMED)}` : "",
    match.repeated.length > 0 ? `Named more than once, the last one counts: ${listed(match.repeated, MOST_NAMED)}` : "",
    match.uneven.length > 0
      ? `${rows} with more or fewer cells than the first line: ${listed(match.uneven, MOST_ROWS)}`
      : "",
    match.isOpen ? "A quote is opened and never closed; all that follows it is one cell." : "",
  ].filter(Boolean);
}

function hasNames(match) {
  return match.columns.some((column) => column !== null);
}

function listed(names, most) {
  const left = names.length - most;
  return `${names.slice(0, most).join(", ")}${left > 0 ? ` and ${formatCount(left)} more` : ""}`;
}

function note(text) {
  return h("li", {}, text);
}

function warning(text) {
  return h("li", { class: "warning" }, text);
}
