// Asks about many records, some at a time.

import { isPassing, predict } from "./api.js";

const CHUNK = 500;
const ATTEMPTS = 5;
const PAUSE = 1000;

/**
 * The entries of all records, in order; an entry of a request that failed is its problem. Once the
 * server stays away, nothing more is sent.
 *
 * @param {object[]} records The records.
 * @param {{path: string, signal: AbortSignal, onprogress: (done: number) => void}} options Where to
 *   ask, how to stop, and who is told how far it is.
 */
export async function answerAll(records, { path, signal, onprogress }) {
  const entries = [];
  let size = CHUNK;
  while (entries.length < records.length) {
    const chunk = records.slice(entries.length, entries.length + size);
    const outcome = await ask(chunk, path, signal);
    if (outcome.status === 413 && chunk.length > 1) {
      size = Math.ceil(chunk.length / 2);
      continue;
    }
    const isAway = outcome.status === 0;
    const asked = isAway ? records.slice(entries.length) : chunk;
    entries.push(...(outcome.entries ?? asked.map(() => failed(outcome.problem))));
    onprogress(entries.length);
  }
  return entries;
}

async function ask(records, path, signal) {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await predict(path, { records }, signal);
    if (!isPassing(outcome) || attempt === ATTEMPTS) return outcome;
    await pause(Math.max(outcome.retryAfter * 1000, PAUSE), signal);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function failed(problem) {
  return { error: { code: problem.code, message: problem.detail } };
}
