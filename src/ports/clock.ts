import type { Instant } from '../lib/units.js';

/** The monotonic clock, and one alarm on it. */
export interface Clock {
  /** @returns the monotonic time, with microseconds as fractions. */
  now(): Instant;
  /** @returns a new alarm that calls `ring` at the instant last set, never before it. */
  alarm(ring: () => void): Alarm;
}

/** Rings once for each time it was set, unless it was set anew or called off before. */
export interface Alarm {
  /** Sets it; whatever was set before is forgotten. */
  set(at: Instant): void;
  off(): void;
  /** Gives back what it holds. It never rings again. */
  close(): void;
}
