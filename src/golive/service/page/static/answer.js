// The answer: a label with a bar for each class, a number, or any JSON; or why there is none.

import { breakable, h } from "./dom.js";
import { makeBars } from "./bars.js";
import { formatNumber, formatPercent, formatValue } from "./format.js";
import { customAnswer } from "./custom_answer.js";
import { makeStrip } from "./strip.js";
import { makePosition } from "./position.js";

/**
 * @param {object} about What the service tells of the model.
 * @param {Element | null} controls What stands below the bars, such as the threshold's slider.
 */
export function makeAnswer(about, controls) {
  const { output } = about.signature;
  const isClassifier = output.kind === "binary" || output.kind === "multiclass";
  const bars = isClassifier && output.has_probabilities ? makeBars(output) : null;
  const position = output.kind === "regression" ? makePosition(about.bundle.score_quantiles ?? []) : null;
  const headline = h("p", { class: "headline" });
  const detail = h("p", { class: "headline-detail" });
  const custom = h("div", { class: "custom" });
  const given = h(
    "div",
    { class: "given", hidden: true },
    h("div", { class: output.kind === "custom" ? "visually-hidden" : "result" }, headline, detail),
    bars?.element ?? null,
    position?.element ?? null,
    custom,
  );
  const waiting = h("p", { class: "waiting" }, "The answer appears here.");
  const problem = h("div", { class: "problem", hidden: true });
  const meta = h("p", { class: "meta" });
  const element = h(
    "section",
    { class: "card answer", "aria-labelledby": "answer-title" },
    h("h2", { id: "answer-title" }, "Answer"),
    waiting,
    problem,
    given,
    bars ? controls : null,
    meta,
  );
  const strip = makeStrip(element);
  element.append(strip.element);

  function show(shown) {
    waiting.hidden = shown !== waiting;
    problem.hidden = shown !== problem;
    given.hidden = shown !== given;
  }

  return {
    element,
    setBusy: (isBusy) => element.classList.toggle("busy", isBusy),
    /** Show an entry of `predictions`; gives the sentence that says it. */
    showEntry(entry, { threshold, milliseconds }) {
      show(given);
      meta.textContent = `Answered in ${milliseconds < 1 ? "under 1" : Math.round(milliseconds)} ms${defaultsText(entry.defaults ?? [])}`;
      if (isClassifier) {
        headline.replaceChildren(...breakable(formatValue(entry.label)));
        detail.textContent = scoreText(entry, output);
        bars?.show(entry, threshold);
        strip.show(headline.textContent, entry.score === undefined ? "" : detail.textContent);
        return `${headline.textContent}. ${detail.textContent}`;
      }
      if (output.kind === "regression") {
        headline.textContent = formatNumber(entry.score);
        headline.title = String(entry.score);
        detail.textContent = output.name.replaceAll("_", " ");
        position.show(entry.score);
        strip.show(headline.textContent, detail.textContent);
        return `${headline.textContent} ${detail.textContent}`;
      }
      custom.replaceChildren(customAnswer(entry.value));
      strip.show("Answered", "see below");
      return "The answer is there.";
    },
    /** Show why there is no answer: a heading, and sentences below it. */
    showProblem(title, sentences, tone = "error") {
      show(problem);
      problem.dataset.tone = tone;
      problem.replaceChildren(
        h("p", { class: "problem-title" }, title),
        ...sentences.map((sentence) => h("p", {}, sentence)),
      );
      meta.textContent = "";
      strip.show(title, "");
    },
  };
}

/** What could not be looked up for the answer. */
function defaultsText(defaults) {
  return defaults.map(({ lookup, because, columns }) => `; by default: ${columns.join(", ")} (${lookup}: ${because})`).join("");
}

function scoreText(entry, output) {
  if (entry.score === undefined) return output.name.replaceAll("_", " ");
  if (output.kind === "multiclass") return `${formatPercent(entry.score)} probability`;
  return `${formatPercent(entry.score)} probability of ${formatValue(output.positive)}`;
}
