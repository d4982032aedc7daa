import { instant, type Instant } from '../lib/units.js';
import type { Clock } from '../ports/clock.js';

/** CLOCK_MONOTONIC in milliseconds, the same in every process of this machine. */
export const monotonicNow = (): Instant => instant(Number(process.hrtime.bigint() / 1000n) / 1000);

/** The longest delay that setTimeout takes; beyond it fires at once. */
const LONGEST = 2 ** 31 - 1;

/** A clock on the event loop's own timers: a millisecond late is nothing to a check, and it costs no descriptor. */
export const nodeClock: Clock = {
  now: monotonicNow,
  alarm: ring => {
    let timer: NodeJS.Timeout | undefined;
    const off = (): void => {
      clearTimeout(timer);
      timer = undefined;
    };
    const set = (at: Instant): void => {
      off();
      // Rounded up, since an alarm must not ring early; looked at again, since the loop's own clock is a rounded one.
      const delay = Math.min(Math.max(Math.ceil(at - monotonicNow()), 0), LONGEST);
      timer = setTimeout(() => {
        if (monotonicNow() < at) set(at);
        else ring();
      }, delay);
    };
    return { set, off, close: off };
  },
};
