import type { Fields, Log } from '../ports/log.js';

/** Subjects that are remembered: a flood of forged senders must not fill the memory. */
const MOST_REMEMBERED = 64;

/** Says each complaint once, until its subject has been well again. */
export class Complaints {
  readonly #log: Log;
  /** The reason that was said last, by sentence and subject. */
  readonly #said = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param subject who or what it is about; another reason about the same subject is said anew */
  say(sentence: string, subject: string, reason: string, fields: Fields): void {
    const key = `${sentence} ${subject}`;
    if (this.#said.get(key) === reason) return;
    if (this.#said.size >= MOST_REMEMBERED && !this.#said.has(key)) return;
    this.#said.set(key, reason);
    this.#log('warn', sentence, fields);
  }

  /** The subject is well: what is said of it next is news. */
  forget(sentence: string, subject: string): void {
    this.#said.delete(`${sentence} ${subject}`);
  }
}
