// Asks as one types: waits for a pause, drops what is out of date, tries again what may pass.

import { isPassing, predict } from "./api.js";

const PAUSE = 250;
const PATIENCE = 200;
const RETRY = 2000;

export class Asker {
  /**
   * @param {string} path Where to ask.
   * @param {(outcome: object) => void} deliver Gets the newest question's outcome, and no other.
   * @param {(isBusy: boolean) => void} showBusy Is told where an answer takes longer than a blink.
   */
  constructor(path, deliver, showBusy) {
    this.path = path;
    this.deliver = deliver;
    this.showBusy = showBusy;
    this.controller = new AbortController();
    this.timers = [];
  }

  /** Ask after a pause in which nothing else was asked; at once where `pause` is 0. */
  ask(body, pause = PAUSE) {
    this.#drop();
    const controller = new AbortController();
    this.controller = controller;
    this.timers = [setTimeout(() => this.#send(body, controller.signal), pause)];
  }

  /** Forget what was asked. */
  cancel() {
    this.#drop();
    this.showBusy(false);
  }

  #drop() {
    this.controller.abort();
    this.timers.forEach(clearTimeout);
  }

  async #send(body, signal) {
    this.timers.push(setTimeout(() => this.showBusy(true), PATIENCE));
    let outcome;
    try {
      outcome = await predict(this.path, body, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (signal.aborted) return;
    this.timers.forEach(clearTimeout);
    this.showBusy(false);
    this.deliver(outcome);
    if (isPassing(outcome)) {
      const pause = Math.max(outcome.retryAfter * 1000, RETRY);
      this.timers = [setTimeout(() => this.#send(body, signal), pause)];
    }
  }
}
