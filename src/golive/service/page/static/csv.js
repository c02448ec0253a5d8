// Comma-separated values, as spreadsheets write them (RFC 4180; also tabs and semicolons).

const DELIMITERS = ["\t", ";", ","];

/** The delimiter of a text: the one that its first line has most of, outside quotes. */
export function detectDelimiter(text) {
  const head = text.replace(/"(?:[^"]|"")*"/g, "").split(/\r\n|\r|\n/).find((line) => line.trim()) ?? "";
  const counts = DELIMITERS.map((delimiter) => head.split(delimiter).length - 1);
  const most = Math.max(...counts);
  return most === 0 ? "," : DELIMITERS[counts.indexOf(most)];
}

/** The rows of a text, each a list of its cells; lines with nothing in them are left out. */
export function parseCsv(text, delimiter = detectDelimiter(text)) {
  return scanCsv(text, delimiter).rows;
}

/** The rows of a text, and whether it ends in a quoted cell that is never closed. */
export function scanCsv(text, delimiter) {
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  let wasQuoted = false;

  function endCell() {
    row.push(cell);
    cell = "";
    wasQuoted = false;
  }

  function endRow() {
    const isBlank = row.length === 0 && cell === "" && !wasQuoted;
    if (isBlank) return;
    endCell();
    rows.push(row);
    row = [];
  }

  const source = text.replace(/^\ufeff/, "");
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell === "") {
      isQuoted = true;
      wasQuoted = true;
    } else if (character === delimiter) endCell();
    else if (character === "\n" || character === "\r") {
      if (character === "\r" && source[at + 1] === "\n") at += 1;
      endRow();
    } else cell += character;
  }
  endRow();
  return { rows, isOpen: isQuoted };
}

/** The rows as CSV text; cells are texts, numbers, or null for an empty cell. */
export function writeCsv(rows) {
  return rows.map((row) => `${row.map(writeCell).join(",")}\r\n`).join("");
}

function writeCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = harmless(String(value));
  return /[",\r\n\t;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text with a ' in front where a spreadsheet would take it for a formula; numbers stay. */
function harmless(text) {
  const isFormula = /^\s*[=+\-@\t\r]/.test(text);
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  return isFormula && !isNumber ? `'${text}` : text;
}
