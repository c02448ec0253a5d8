// Many records at once: pasted or dropped as CSV, answered row by row, downloaded with answers.

import { announce, h, newId } from "./dom.js";
import { writeCsv } from "./csv.js";
import { formatCount } from "./format.js";
import { recordColumns } from "./record_columns.js";
import { notesOf } from "./table_notes.js";
import { answerColumns, readTable, recordOf } from "./table_records.js";
import { answerAll } from "./table_run.js";
import { resultsTable } from "./table_results.js";
import { readText } from "./text_file.js";

const PASTED = 5;

/** Whether a table can hold the model's records. */
export function takesTable(signature) {
  return recordColumns(signature) !== null;
}

/** The view of tables for a model that answers at `path`. */
export function makeTableView(about, path) {
  const { signature } = about;
  let guess = null;
  const id = newId("table");
  const box = h("textarea", {
    id,
    class: "code",
    rows: 8,
    spellcheck: "false",
    wrap: "off",
    placeholder: "Paste rows with a header line, from a CSV file or a spreadsheet …",
    "aria-describedby": `${id}-hint`,
    oninput() {
      guess = null;
      preview();
    },
  });
  const chooser = h("input", { type: "file", id: `${id}-file`, accept: ".csv,.tsv,.txt,text/csv", class: "visually-hidden" });
  const notes = h("ul", { class: "notes" });
  const start = h("button", { type: "button", class: "primary", disabled: true, onclick: run }, "Answer all rows");
  const stop = h("button", { type: "button", class: "quiet", hidden: true }, "Stop");
  const progress = h("progress", { max: "1", value: "0", hidden: true, "aria-label": "Rows answered" });
  const results = h("div", { class: "results" });
  const element = h(
    "div",
    { class: "stack" },
    h(
      "section",
      { class: "card", "aria-labelledby": `${id}-title` },
      h(
        "div",
        { class: "card-head" },
        h("h2", { id: `${id}-title` }, h("label", { for: id }, "Rows")),
        h("label", { class: "quiet file-button", for: `${id}-file` }, "Open a file"),
        chooser,
        h("button", { type: "button", class: "quiet", onclick: fillExamples }, "Use examples"),
      ),
      h("p", { class: "hint", id: `${id}-hint` }, hintOf(signature)),
      box,
      notes,
      h("div", { class: "actions" }, start, stop, progress),
    ),
    results,
  );
  chooser.addEventListener("change", () => open(chooser.files[0]));
  element.addEventListener("drop", (event) => open(event.dataTransfer.files[0]));

  async function open(file) {
    if (!file) return;
    ({ text: box.value, guess } = await readText(file));
    chooser.value = "";
    preview();
  }

  function fillExamples() {
    const names = recordColumns(signature).map((column) => column.name);
    const rows = about.examples.slice(0, PASTED).map(({ record }) => {
      const values = typeof record === "string" ? { [names[0]]: record } : record;
      return names.map((name) => cellOf(values[name]));
    });
    guess = null;
    box.value = writeCsv([names, ...rows]);
    preview();
  }

  function preview() {
    const match = readTable(box.value, signature);
    const isEmpty = box.value.trim() === "";
    start.disabled = match.rows.length === 0 || match.columns.every((column) => column === null);
    notes.replaceChildren(...(isEmpty ? [] : notesOf(match, guess)));
    return match;
  }

  async function run() {
    const match = preview();
    const records = match.rows.map((row) => recordOf(row, match.columns));
    const controller = new AbortController();
    let answered = 0;
    stop.onclick = () => controller.abort();
    setRunning(true);
    try {
      const entries = await answerAll(records, { path, signal: controller.signal, onprogress });
      showResults(match, entries);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      notes.append(h("li", {}, `Stopped after ${formatCount(answered)} of ${formatCount(records.length)} rows.`));
      announce("Stopped");
    } finally {
      setRunning(false);
    }

    function onprogress(done) {
      answered = done;
      progress.value = done / records.length;
    }
  }

  function setRunning(isRunning) {
    start.disabled = isRunning;
    stop.hidden = !isRunning;
    progress.hidden = !isRunning;
    progress.value = 0;
  }

  function showResults(match, entries) {
    const added = answerColumns(signature.output, match.header);
    const rows = match.rows.map((row, at) => [
      ...match.header.map((_, cell) => row[cell] ?? ""),
      ...Object.values(added).map((read) => read(entries[at])),
    ]);
    const text = writeCsv([[...match.header, ...Object.keys(added)], ...rows]);
    const failed = entries.filter((entry) => entry.error).length;
    const summary = `${formatCount(entries.length - failed)} answered, ${formatCount(failed)} with an error`;
    results.replaceChildren(
      resultsTable({ match, entries, signature, summary, ondownload: () => download(text, `${about.name}-answers.csv`) }),
    );
    announce(summary);
  }

  return element;
}

function hintOf(signature) {
  if (signature.form === "series") return "One text a line, or CSV with a header.";
  const kinds = "Comma, semicolon or tab between cells; the first line names the columns.";
  const inFiles = recordColumns(signature).some((column) => ["image", "bytes"].includes(column.type));
  return `${kinds} An empty cell is no value.${inFiles ? " Files are base64." : ""}`;
}

function cellOf(value) {
  if (value === null || value === undefined || typeof value === "number") return value;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function download(text, name) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = h("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
