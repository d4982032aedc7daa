import { after, instant, type Instant, type Millis } from '../../src/lib/units.js';
import type { Alarm, Clock } from '../../src/ports/clock.js';

interface Set {
  at: Instant | undefined;
  readonly ring: () => void;
}

/** A clock that moves only when it is told to, and rings its alarms on the way, in order. */
export class ManualClock implements Clock {
  #now = instant(1_000_000);
  readonly #alarms: Set[] = [];

  now(): Instant {
    return this.#now;
  }

  alarm(ring: () => void): Alarm {
    const entry: Set = { at: undefined, ring };
    this.#alarms.push(entry);
    return {
      set: at => (entry.at = at),
      off: () => (entry.at = undefined),
      close: () => (entry.at = undefined),
    };
  }

  /** Moves on by `length`; between two alarms everything that waits for a promise gets its turn. */
  async advance(length: Millis): Promise<void> {
    const end = after(this.#now, length);
    await turns();
    for (;;) {
      const due = this.#alarms
        .filter((alarm): alarm is Set & { at: Instant } => alarm.at !== undefined && alarm.at <= end)
        .sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = due.at > this.#now ? due.at : this.#now;
      (due as Set).at = undefined;
      due.ring();
      await turns();
    }
    this.#now = end;
  }
}

/** Lets every promise that can go on do so. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(next => setImmediate(next));
}
