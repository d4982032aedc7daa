import type { Instant } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import { createTimer, now } from './native.js';

/** The kernel's monotonic clock, with alarms that are exact to well under a millisecond. */
export class MonotonicClock implements Clock {
  now(): Instant {
    return now();
  }

  /**
   * @param ring what it throws is an uncaught exception
   * @throws EMFILE, ENFILE: each alarm holds a descriptor until it is closed
   */
  alarm(ring: () => void): Alarm {
    const timer = createTimer(ring);
    return {
      set: at => timer.set(at * 1000),
      off: () => timer.off(),
      close: () => timer.close(),
    };
  }
}
