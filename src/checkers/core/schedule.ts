import { spread } from '../../lib/hash.js';
import { after, millis, type Instant } from '../../lib/units.js';

/**
 * When a check runs first: spread over its warmup by its name, the same in every run, so that thousands of checks
 * neither start at once nor move against each other with each restart (keepalived draws lots).
 */
export const firstAt = (name: string, warmupMs: number, now: Instant): Instant =>
  after(now, millis(spread(name) * warmupMs));

interface Entry<T> {
  readonly at: Instant;
  readonly item: T;
}

/** Who is due when: a binary heap, so that 10,000 checks need one alarm and a few comparisons each. */
export class Agenda<T> {
  readonly #heap: Entry<T>[] = [];

  /** @returns when the next item is due; undefined when there is none. */
  get nextAt(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  add(item: T, at: Instant): void {
    const heap = this.#heap;
    const entry = { at, item };
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.at <= at) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = entry;
  }

  /** Takes out the items that are due, the earliest first. */
  takeDue(now: Instant): readonly T[] {
    const due: T[] = [];
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now) return due;
      due.push(first.item);
      this.#dropFirst();
    }
  }

  /** Forgets the items that are not to be kept. */
  keep(isKept: (item: T) => boolean): void {
    // What is in order is a heap.
    const kept = this.#heap.filter(({ item }) => isKept(item)).sort((a, b) => a.at - b.at);
    for (const [i, entry] of kept.entries()) this.#heap[i] = entry;
    this.#heap.length = kept.length;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let least = heap[child];
      const right = heap[child + 1];
      if (least !== undefined && right !== undefined && right.at < least.at) {
        least = right;
        child++;
      }
      if (least === undefined || least.at >= last.at) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }
}
