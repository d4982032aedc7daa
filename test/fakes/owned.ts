import type { OwnedPort } from '../../src/ports/owned.js';

/** Remembers what was written, each time. */
export class FakeOwned implements OwnedPort {
  readonly writes: (readonly string[])[] = [];
  /** What the next writes answer with. */
  code: string | undefined;
  /** Called before each write is done. */
  onWrite: () => void = () => undefined;
  #keys: readonly string[];

  constructor(keys: readonly string[] = []) {
    this.#keys = keys;
  }

  read(): readonly string[] {
    return this.#keys;
  }

  write(keys: readonly string[]): string | undefined {
    this.onWrite();
    this.writes.push(keys);
    if (this.code === undefined) this.#keys = keys;
    return this.code;
  }
}
