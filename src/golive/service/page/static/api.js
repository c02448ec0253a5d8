// The service as the page sees it. Addresses are relative to this module's own, so the page works
// below any path.

import { parseExact, parseJson } from "./json_text.js";

const root = new URL("../../", import.meta.url);

/** The whole address of a path of the service. */
export function addressOf(path) {
  return new URL(path.replace(/^\//, ""), root).href;
}

/** The JSON at a path; what it throws where there is none has a `status`, if there was an answer. */
export async function getJson(path) {
  return parseJson(await getText(path));
}

/** What is told of a model; requests of a function keep their numbers as they were packed. */
export async function getModel(path) {
  const text = await getText(path);
  const about = parseJson(text);
  return about.signature.form === "object" ? { ...about, examples: parseExact(text).examples } : about;
}

async function getText(path) {
  const response = await fetch(addressOf(path), { headers: { accept: "application/json" } });
  if (!response.ok) {
    throw Object.assign(new Error(`${path} answers ${response.status}`), { status: response.status });
  }
  return response.text();
}

/**
 * Whether requests are welcome: `ready`, `starting`, `draining`, another problem's code, or
 * `unreachable`.
 */
export async function readiness() {
  try {
    const response = await fetch(addressOf("/readyz"), { cache: "no-store" });
    const body = await response.json();
    return response.ok ? "ready" : body.code;
  } catch {
    return "unreachable";
  }
}

/**
 * Ask the model. Gives `{ entries, problem, status, retryAfter, milliseconds, version }`: `entries`
 * is null where the records were not parsed, `problem` is null where some were answered. A server
 * that does not answer gives status 0. Throws only what `signal` throws. Answers of the model's own
 * form keep their numbers as they were written.
 */
export async function predict(path, body, signal) {
  const began = performance.now();
  try {
    const response = await fetch(addressOf(path), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    const content = parseJson(text);
    const isCustom = content.predictions?.some((entry) => Object.hasOwn(entry, "value")) ?? false;
    return {
      status: response.status,
      entries: (isCustom ? parseExact(text) : content).predictions ?? null,
      problem: response.ok ? null : content,
      retryAfter: Number(response.headers.get("retry-after")) || 0,
      version: response.headers.get("golive-model-version"),
      milliseconds: performance.now() - began,
    };
  } catch (error) {
    if (signal?.aborted) throw error;
    return unreachable();
  }
}

function unreachable() {
  const problem = { code: "unreachable", detail: "The server cannot be reached." };
  return { status: 0, entries: null, problem, retryAfter: 0, version: null, milliseconds: 0 };
}

/** Whether the same request may be answered if it is sent again a little later. */
export function isPassing(outcome) {
  return [0, 429, 502, 503, 504].includes(outcome.status);
}
