// From the rows of a table to records, and back to a table with the answers.

import { parseJson } from "./json_text.js";

// What spreadsheets and pandas write where there is no value.
const NOTHING = new Set(["", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", "<NA>"]);
const LISTS = new Set(["vector"]);

/**
 * Which column each cell belongs to.
 *
 * Gives `{ columns, missing, extra, rows }`: `columns` has a column or null for each cell of the
 * header, `rows` are those of the table without its header. A text model's table needs none.
 */
export function matchHeader(table, signature) {
  const [header = [], ...rows] = table;
  const names = header.map((name) => name.trim());
  const isText = signature.form === "series" && signature.columns.length === 1;
  const columns = names.map((name) => {
    const column = signature.columns.find((each) => each.name === name);
    return column ?? (isText && name === "text" ? signature.columns[0] : null);
  });
  if (isText && columns.every((column) => column === null) && header.length === 1) {
    return { header: [signature.columns[0].name], columns: signature.columns, missing: [], extra: [], rows: table };
  }
  return {
    header: names,
    columns,
    missing: signature.columns.filter((column) => !columns.includes(column)).map((column) => column.name),
    extra: names.filter((_, at) => columns[at] === null),
    rows,
  };
}

/** The record of a row: the server reads the texts as the signature says. */
export function recordOf(row, columns) {
  const pairs = columns.map((column, at) => (column ? [column.name, cellValue(row[at] ?? "", column)] : null));
  return Object.fromEntries(pairs.filter(Boolean));
}

function cellValue(text, column) {
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
