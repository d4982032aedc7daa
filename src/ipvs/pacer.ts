import { after, millis, type Instant, type Millis } from '../lib/units.js';

/** When passes over the kernel's table are made. Lengths in milliseconds. */
export interface Pace {
  /** From the end of one pass to the start of the next, at least: a burst of verdicts becomes few passes. */
  readonly least: Millis;
  /** From the end of one pass to the start of the next, at most: how long drift goes unseen. */
  readonly most: Millis;
  /** The wait after a first error; each further one doubles it. */
  readonly firstWait: Millis;
  readonly longestWait: Millis;
}

/** 5 s: an operator who breaks the table by hand sees it mended while still looking. */
export const PACE: Pace = {
  least: millis(50),
  most: millis(5000),
  firstWait: millis(500),
  longestWait: millis(30_000),
};

/** The deadline lives in the state, so that no alarm can outlive its reason. */
export interface PacerState {
  /** When the next pass starts; null while one runs, and before the first is asked for. */
  readonly dueAt: Instant | null;
  readonly running: boolean;
  /** When the last pass ended; null before the first. */
  readonly endedAt: Instant | null;
  /** Was something changed while the running pass may have looked already? */
  readonly dirty: boolean;
  /** Errors in a row. */
  readonly errors: number;
}

/** Something to do has come up; the running pass ended, well or not; the alarm rang. */
export type PacerEvent = 'changed' | 'done' | 'failed' | 'tick';

/** Nothing is due before the first change. */
export const IDLE: PacerState = { dueAt: null, running: false, endedAt: null, dirty: false, errors: 0 };

/**
 * Decides when to make a pass: at once when idle, one at a time, not sooner than `least` after the last, every `most`
 * anyway, and after errors with a doubling wait.
 * @returns the new state, and whether a pass starts now
 */
export function pace(
  rule: Pace,
  state: PacerState,
  event: PacerEvent,
  now: Instant,
): { readonly state: PacerState; readonly start: boolean } {
  switch (event) {
    case 'changed': {
      if (state.running) return wait({ ...state, dirty: true });
      const soonest = state.endedAt === null ? now : after(state.endedAt, gap(rule, state.errors));
      if (soonest <= now) return go(state);
      return wait({ ...state, dueAt: earlier(soonest, state.dueAt) });
    }
    case 'tick':
      return state.dueAt !== null && state.dueAt <= now ? go(state) : wait(state);
    case 'done': {
      const length = state.dirty ? rule.least : rule.most;
      return wait({ dueAt: after(now, length), running: false, endedAt: now, dirty: false, errors: 0 });
    }
    case 'failed': {
      const errors = state.errors + 1;
      return wait({
        dueAt: after(now, gap(rule, errors)),
        running: false,
        endedAt: now,
        dirty: false,
        errors,
      });
    }
  }
}

const go = (state: PacerState): { state: PacerState; start: boolean } => ({
  state: { ...state, dueAt: null, running: true, dirty: false },
  start: true,
});

const wait = (state: PacerState): { state: PacerState; start: boolean } => ({ state, start: false });

/** The shortest wait between two passes after so many errors in a row. */
function gap(rule: Pace, errors: number): Millis {
  return errors === 0 ? rule.least : millis(Math.min(rule.firstWait * 2 ** (errors - 1), rule.longestWait));
}

const earlier = (a: Instant, b: Instant | null): Instant => (b === null || a < b ? a : b);
