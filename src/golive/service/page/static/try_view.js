// Trying the model: the form, golden records to fill it with, and the answer beside it.

import { announce, h } from "./dom.js";
import { makeAnswer } from "./answer.js";
import { Asker } from "./asker.js";
import { formColumns, makeForm } from "./form.js";
import { FileContent, isExact } from "./json_text.js";
import { shorten } from "./format.js";
import { makeJsonForm } from "./json_form.js";
import { makeThreshold } from "./threshold.js";

const QUIET = 800;
const CHIPS = 6;
const MOST_FIELDS = 200;

/**
 * @param {object} about What the service tells of the model.
 * @param {string} path Where it answers.
 * @param {{onrequest: (body: unknown) => void, onoutcome: (outcome: object) => void}} listeners Are
 *   told of each request that was made, and of what came of it.
 */
export function makeTryView(about, path, { onrequest, onoutcome }) {
  const { signature, examples } = about;
  const { output } = signature;
  const hasThreshold = output.kind === "binary" && output.has_probabilities;
  const threshold = hasThreshold ? makeThreshold(output, () => ask()) : null;
  const columns = formColumns(signature);
  const isJson = columns === null || columns.length > MOST_FIELDS;
  const make = isJson ? makeJsonForm : makeForm;
  const form = make(about, () => ask());
  const answer = makeAnswer(about, threshold?.element ?? null);
  const asker = new Asker(path, deliver, answer.setBusy);
  const first = Math.max(0, examples.findIndex((example) => !example.output?.error));
  let spoken = null;

  function ask(pause) {
    const record = form.read();
    if (record === undefined) {
      asker.cancel();
      answer.showProblem("Not yet", ["Fill in what is missing, and the answer appears here."], "quiet");
      return;
    }
    const body = bodyFor(record, threshold?.chosen() ?? null, signature.form);
    onrequest(body);
    asker.ask(body, pause);
  }

  function deliver(outcome) {
    onoutcome(outcome);
    const entry = outcome.entries?.[0];
    if (entry && !entry.error) {
      form.clearErrors();
      speakLater(`Answer: ${answer.showEntry(entry, { threshold: threshold?.line(), milliseconds: outcome.milliseconds })}`);
      return;
    }
    const errors = entry ? [entry.error, ...(entry.error.others ?? [])] : [];
    const homeless = form.showErrors(errors);
    const { title, sentences, tone } = explain(outcome, errors, homeless);
    answer.showProblem(title, sentences, tone);
    speakLater([title, ...errors.map((error) => error.message), ...sentences].join(". "));
  }

  function speakLater(text) {
    clearTimeout(spoken);
    spoken = setTimeout(() => announce(text), QUIET);
  }

  const steps = makeSteps(examples, first, (record) => {
    form.write(record);
    ask(0);
  });
  form.write(examples[first]?.record ?? null);
  ask(0);
  const title = signature.form === "object" ? "Request" : "Record";
  return h(
    "div",
    { class: "try" },
    h(
      "section",
      { class: "card", "aria-labelledby": "record-title" },
      h("div", { class: "card-head" }, h("h2", { id: "record-title" }, title), steps.element),
      signature.form === "series" ? steps.chips : null,
      form.element,
    ),
    answer.element,
  );
}

/** The body of the request: the record alone, or an envelope where it has to be one. */
function bodyFor(record, threshold, form) {
  if (threshold !== null) return { records: [record], threshold };
  const isValue = Array.isArray(record) || isExact(record) || record instanceof FileContent;
  const isPlain = record !== null && typeof record === "object" && !isValue;
  return form === "object" && (!isPlain || "records" in record) ? { records: [record] } : record;
}

function explain({ status, problem, retryAfter }, errors, homeless) {
  if (status === 0) {
    return { title: "The server cannot be reached", sentences: ["Trying again until it answers."], tone: "warning" };
  }
  if (status === 429 || status === 503) {
    const pause = retryAfter > 0 ? ` in ${Math.max(2, retryAfter)} seconds` : " shortly";
    return { title: "The server is busy", sentences: [problem.detail, `Trying again${pause}.`], tone: "warning" };
  }
  if (errors.length > 0 && homeless.length === 0) {
    const count = errors.length === 1 ? "One field does" : `${errors.length} fields do`;
    return { title: `${count} not fit`, sentences: ["The form says beside each what would be right."], tone: "error" };
  }
  if (homeless.length > 0) {
    const sentences = homeless.map((error) => (error.field ? `${error.field}: ${error.message}` : error.message));
    return { title: "No answer for this record", sentences, tone: "error" };
  }
  const sentences = [problem?.detail ?? "The server gave no answer.", problem?.hint].filter(Boolean);
  return { title: "The request was refused", sentences, tone: "error" };
}

/** Buttons that walk through the golden records, and chips that show them as texts. */
function makeSteps(examples, first, fill) {
  let at = first;
  const where = h("span", { class: "step-place" });

  function go(next) {
    at = (next + examples.length) % examples.length;
    paint();
    fill(examples[at].record);
  }

  function paint() {
    where.textContent = `Example ${at + 1} of ${examples.length}`;
  }

  const step = (label, sign, change) =>
    h("button", { type: "button", class: "step", "aria-label": label, title: label, onclick: () => go(at + change) }, sign);
  const element = h(
    "div",
    { class: "steps" },
    step("Previous example", "‹", -1),
    where,
    step("Next example", "›", 1),
    h("button", { type: "button", class: "quiet", onclick: () => go(at) }, "Reset"),
  );
  paint();
  const texts = examples
    .map(({ record }, index) => [typeof record === "string" ? record : Object.values(record ?? {})[0], index])
    .filter(([text]) => typeof text === "string" && text.trim() !== "")
    .slice(0, CHIPS);
  const chips = h(
    "ul",
    { class: "chips", "aria-label": "Examples" },
    texts.map(([text, index]) =>
      h("li", {}, h("button", { type: "button", class: "chip", onclick: () => go(index) }, shorten(text, 60))),
    ),
  );
  return { element: examples.length > 0 ? element : null, chips };
}
