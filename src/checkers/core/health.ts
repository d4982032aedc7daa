import { millis, type Millis } from '../../lib/units.js';

/** UNKNOWN until the first result: a fresh start must not look like an outage. */
export type Verdict = 'UNKNOWN' | 'UP' | 'DOWN';

/** What one check makes of its server. */
export interface Health {
  readonly verdict: Verdict;
  /** Failures in a row that have not yet changed the verdict. */
  readonly failures: number;
}

/** When a check changes its mind, and when it runs; lengths in milliseconds. */
export interface Patience {
  /** Further tries after a failure before an UP server is DOWN. */
  readonly retry: number;
  readonly delayBeforeRetryMs: number;
  readonly delayLoopMs: number;
}

export const UNKNOWN: Health = { verdict: 'UNKNOWN', failures: 0 };

/**
 * Folds one result into a check's health, as keepalived does without alpha (check_data.c, check_tcp.c): the first
 * result decides at once, an UP server is DOWN after `retry` + 1 failures in a row, and a DOWN one is UP again with
 * one success.
 */
export function observe(rule: Patience, health: Health, passed: boolean): Health {
  if (passed) return { verdict: 'UP', failures: 0 };
  if (health.verdict === 'UP' && health.failures < rule.retry) {
    return { verdict: 'UP', failures: health.failures + 1 };
  }
  return { verdict: 'DOWN', failures: 0 };
}

/** @returns how long after the end of a try the next one starts. */
export const nextDelay = (rule: Patience, health: Health): Millis =>
  millis(health.failures > 0 ? rule.delayBeforeRetryMs : rule.delayLoopMs);

/**
 * The verdict on a server from those of its checks: all must be UP, one DOWN is enough, and a server without checks
 * is always UP (keepalived: the number of failed checkers is 0).
 */
export function together(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('DOWN')) return 'DOWN';
  return verdicts.includes('UNKNOWN') ? 'UNKNOWN' : 'UP';
}
