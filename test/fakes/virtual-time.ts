import { instant, type Instant, type Millis } from '../../src/lib/units.js';
import type { Alarm, Clock } from '../../src/ports/clock.js';

interface Waiting {
  at: number | undefined;
  readonly order: number;
  readonly ring: () => void;
}

/** Time for a whole simulated network: it stands still until it is moved, and everything due happens on the way, in order. */
export class VirtualTime implements Clock {
  #now = 0;
  #order = 0;
  readonly #waiting = new Set<Waiting>();

  now(): Instant {
    return instant(this.#now);
  }

  alarm(ring: () => void): Alarm {
    const entry: Waiting = { at: undefined, order: this.#order++, ring };
    this.#waiting.add(entry);
    return {
      set: at => {
        entry.at = at;
      },
      off: () => {
        entry.at = undefined;
      },
      close: () => this.#waiting.delete(entry),
    };
  }

  /** Calls `what` once, after `delay`. */
  later(delay: Millis, what: () => void): void {
    const alarm = this.alarm(() => {
      alarm.close();
      what();
    });
    alarm.set(instant(this.#now + delay));
  }

  /** The earliest thing that waits. @returns false when nothing is due before `end` */
  step(end: Instant): boolean {
    let next: (Waiting & { at: number }) | undefined;
    for (const w of this.#waiting) {
      if (w.at === undefined || w.at > end) continue;
      if (next === undefined || w.at < next.at || (w.at === next.at && w.order < next.order)) {
        next = w as Waiting & { at: number };
      }
    }
    if (next === undefined) {
      this.#now = Math.max(this.#now, end);
      return false;
    }
    this.#now = Math.max(this.#now, next.at);
    (next as Waiting).at = undefined;
    next.ring();
    return true;
  }
}
