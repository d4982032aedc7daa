import type { Millis } from '../lib/units.js';

/** How a program ended. */
export interface RunOutcome {
  readonly ok: boolean;
  /** What it wrote to stderr, or why it could not be started; empty when it said nothing. */
  readonly words: string;
}

/**
 * Runs a program to its end, without a shell.
 * @param limit after which it is killed
 */
export type Run = (program: string, args: readonly string[], limit: Millis) => Promise<RunOutcome>;
