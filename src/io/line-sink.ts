import { write } from 'node:fs';
import { Writable } from 'node:stream';

/** Lines that may wait for a reader that is slow, or has stopped. */
const MOST_WAITING = 2000;
const RETRY_MS = 20;

/**
 * Writes lines to a descriptor without ever holding up whoever logs: a full disk or a stuck journal costs lines,
 * not a failover. What was lost is said as soon as there is room again.
 * @param lostLine the line that says so
 */
export class LineSink extends Writable {
  readonly #fd: number;
  readonly #lostLine: (count: number) => string;
  #waiting: Buffer[] = [];
  #writing = false;
  #lost = 0;
  #drained: (() => void)[] = [];

  constructor(fd: number, lostLine: (count: number) => string) {
    super({ decodeStrings: true });
    this.#fd = fd;
    this.#lostLine = lostLine;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
    } else {
      if (this.#lost > 0) {
        this.#waiting.push(Buffer.from(this.#lostLine(this.#lost)));
        this.#lost = 0;
      }
      this.#waiting.push(chunk);
      this.#pump();
    }
    done();
  }

  /** @returns when everything is written, or `limitMs` have passed */
  async flush(limitMs: number): Promise<void> {
    if (!this.#writing) return;
    await new Promise<void>(resolve => {
      this.#drained.push(resolve);
      setTimeout(resolve, limitMs).unref();
    });
  }

  #pump(): void {
    if (this.#writing) return;
    const batch = Buffer.concat(this.#waiting);
    this.#waiting = [];
    if (batch.length === 0) {
      for (const resolve of this.#drained.splice(0)) resolve();
      return;
    }
    this.#writing = true;
    this.#writeOut(batch);
  }

  #writeOut(rest: Buffer): void {
    write(this.#fd, rest, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeOut(rest), RETRY_MS);
      } else if (error === null && written < rest.length) {
        this.#writeOut(rest.subarray(written));
      } else {
        // Any other error, such as a reader that is gone: there is nobody left to tell.
        this.#writing = false;
        this.#pump();
      }
    });
  }
}
