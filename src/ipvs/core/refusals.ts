import { after, millis, type Instant, type Millis } from '../../lib/units.js';
import type { IpvsOp } from './diff.js';
import { toLine } from './ipvsadm.js';

/** An op that the kernel would not take, and what ipvsadm said when it was alone with it. */
export interface Refused {
  readonly op: IpvsOp;
  readonly words: string;
}

/** What is known of one refused line. */
export interface Refusal {
  readonly words: string;
  readonly tries: number;
  /** Not tried again before. */
  readonly retryAt: Instant;
}

/** Refusals by line. */
export type Refusals = ReadonlyMap<string, Refusal>;

const FIRST_WAIT = millis(5000);
const LONGEST_WAIT = millis(60_000);

/** @returns whether the op may be tried now. */
export function mayTry(refusals: Refusals, op: IpvsOp, now: Instant): boolean {
  const known = refusals.get(toLine(op));
  return known === undefined || known.retryAt <= now;
}

/**
 * Folds one pass into what is known of refusals.
 * @param missing what the second look still missed, held-back lines among them
 * @param refused what was tried and refused in this pass
 * @returns what is known now, and what is new: a line refused for the first time, or in other words
 */
export function remember(
  before: Refusals,
  missing: readonly IpvsOp[],
  refused: readonly Refused[],
  now: Instant,
): { readonly refusals: Refusals; readonly news: readonly Refused[] } {
  const refusals = new Map<string, Refusal>();
  const news: Refused[] = [];
  for (const op of missing) {
    const line = toLine(op);
    const known = before.get(line);
    if (known !== undefined) refusals.set(line, known);
  }
  for (const item of refused) {
    const line = toLine(item.op);
    const known = before.get(line);
    const tries = (known?.tries ?? 0) + 1;
    refusals.set(line, { words: item.words, tries, retryAt: after(now, waitAfter(tries)) });
    if (known?.words !== item.words) news.push(item);
  }
  return { refusals, news };
}

const waitAfter = (tries: number): Millis => millis(Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT));
