import type { Millis } from '../lib/units.js';
import type { Command } from '../scripts/script.js';

/** How a program ended. */
export type ScriptEnd =
  | { readonly how: 'exited'; readonly code: number }
  | { readonly how: 'killed'; readonly signal: string }
  /** It took longer than it may, and was ended. */
  | { readonly how: 'late' }
  /** It could not be started, and why. */
  | { readonly how: 'refused'; readonly why: string };

/** Runs an operator's programs. */
export interface ScriptPort {
  /** Starts it in a process group of its own. @returns when it has ended, which it has soon after `limit` */
  run(command: Command, limit: Millis): Promise<ScriptEnd>;
  /** Ends all that run. */
  stop(): void;
}
