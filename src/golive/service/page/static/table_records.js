// From the rows of a table to records, and back to a table with the answers.

import { detectDelimiter, scanCsv } from "./csv.js";
import { parseJson, readNumeral } from "./json_text.js";
import { recordColumns } from "./record_columns.js";

// What spreadsheets and pandas write where there is no value.
const NOTHING = new Set(["", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", "<NA>"]);
const LISTS = new Set(["vector"]);
const NO_DELIMITER = null;
const NO_FAULTS = { missing: [], extra: [], repeated: [], uneven: [] };

/**
 * A text as a table, and which column each of its cells belongs to.
 *
 * Gives `{ header, columns, rows, missing, extra, repeated, uneven, isOpen, isLines }`: `columns`
 * has a column or null for each cell of the header, `repeated` are columns that are named more than
 * once, `uneven` the numbers of rows with more or fewer cells than the header, `isOpen` whether a
 * quote is never closed. A text model takes a text a line (`isLines`), commas and all, unless a
 * header of several cells names its column.
 */
export function readTable(text, signature) {
  const known = recordColumns(signature);
  const isText = signature.form === "series" && known.length === 1;
  const find = (name) => known.find((each) => each.name === name) ?? (isText && name === "text" ? known[0] : null);
  const named = scanCsv(text, detectDelimiter(text));
  const isLines = isText && !(named.rows[0]?.length > 1 && named.rows[0].some((name) => find(name.trim())));
  const { rows: table, isOpen } = isLines ? scanCsv(text, NO_DELIMITER) : named;
  const names = (table[0] ?? []).map((name) => name.trim());
  const columns = names.map(find);
  if (isLines && columns[0] === null) {
    return { ...NO_FAULTS, header: [known[0].name], columns: known, rows: table, isOpen, isLines };
  }
  const rows = table.slice(1);
  return {
    header: names,
    columns,
    rows,
    missing: known.filter((column) => !column.isOptional && !columns.includes(column)).map((column) => column.name),
    extra: names.filter((_, at) => columns[at] === null),
    repeated: known.filter((each) => columns.filter((column) => column === each).length > 1).map((column) => column.name),
    uneven: rows.flatMap((row, at) => (row.length === names.length ? [] : [at + 1])),
    isOpen,
    isLines,
  };
}

/** The record of a row: the server reads the texts as the signature says, but those of functions. */
export function recordOf(row, columns) {
  const pairs = columns.map((column, at) => (column ? [column.name, cellValue(row[at] ?? "", column)] : null));
  return Object.fromEntries(pairs.filter(Boolean));
}

function cellValue(text, column) {
  if (column.isStrict) return strictValue(text, column);
  if (column.type === "text" || column.type === "string") {
    return text === "" && column.on_null !== "error" ? null : text;
  }
  const isKnown = column.categories.some((category) => String(category) === text);
  const trimmed = text.trim();
  if (NOTHING.has(trimmed) && !isKnown) return null;
  if (!LISTS.has(column.type)) return column.type === "category" ? text : trimmed;
  try {
    return parseJson(trimmed);
  } catch {
    return trimmed;
  }
}

/** The value of a cell as JSON has it; one that does not fit stays a text, which the server refuses. */
function strictValue(text, column) {
  const trimmed = text.trim();
  const category = column.categories.find((each) => String(each) === text);
  if (category !== undefined) return category;
  const isNothing = column.type === "string" ? text === "" : NOTHING.has(trimmed);
  if (isNothing && column.on_null !== "error") return column.isOptional ? undefined : null;
  if (column.type === "boolean") return { true: true, false: false }[trimmed.toLowerCase()] ?? text;
  return column.type === "integer" || column.type === "number" ? readNumeral(trimmed) : text;
}

/** The columns that answers add: name to what they hold, where they do not take an input's name. */
export function answerColumns(output, taken) {
  const columns = {};
  if (output.kind === "custom") columns.value = (entry) => (entry.error ? null : JSON.stringify(entry.value));
  else {
    if (output.kind !== "regression") columns.label = (entry) => entry.label ?? null;
    if (output.kind === "regression" || output.has_probabilities) columns.score = (entry) => entry.score ?? null;
  }
  columns.error_code = (entry) => entry.error?.code ?? null;
  columns.error_field = (entry) => entry.error?.field ?? null;
  columns.error = (entry) => (entry.error ? messagesOf(entry.error) : null);
  return Object.fromEntries(
    Object.entries(columns).map(([name, read]) => [taken.includes(name) ? `golive_${name}` : name, read]),
  );
}

/** All that is wrong with a record, as one text. */
export function messagesOf(error) {
  return [error, ...(error.others ?? [])].map((each) => each.message).join("; ");
}
