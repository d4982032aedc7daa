import { after, millis, type Instant, type Millis } from '../lib/units.js';

/** When passes over the kernel's table are made. Lengths in milliseconds. */
export interface Pace {
  /** From the end of one pass to the start of the next, at least: a burst of verdicts becomes few passes. */
  readonly least: Millis;
  /** From the end of one look to the start of the next, at most: how long drift goes unseen. */
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

/** What a pass begins with: the whole table as the kernel has it now, or what has changed since it was last seen. */
export type PassKind = 'look' | 'change';

/** The deadline lives in the state, so that no alarm can outlive its reason. */
export interface PacerState {
  /** When the next pass starts; null while one runs, and before the first is asked for. */
  readonly dueAt: Instant | null;
  readonly running: PassKind | null;
  /** May the running look be broken off for a change? */
  readonly patient: boolean;
  /** When the last pass ended; null before the first. */
  readonly endedAt: Instant | null;
  /** When the whole table was last seen; null when what was seen is not to be relied on. */
  readonly lookedAt: Instant | null;
  /** Is something wanted that no pass has taken up yet? */
  readonly wanted: boolean;
  /** Errors in a row. */
  readonly errors: number;
}

/**
 * Something to do has come up; the whole table was seen; the running pass ended, well or not, or well and there is
 * nothing left to keep, or broke off its look as it was asked to; the alarm rang.
 */
export type PacerEvent = 'changed' | 'looked' | 'done' | 'all gone' | 'failed' | 'gave way' | 'tick';

/** What is to be done: a pass starts, or the one that runs is asked to break off its look. */
export type PacerAct = PassKind | 'give way' | null;

export interface Paced {
  readonly state: PacerState;
  readonly act: PacerAct;
}

/** Nothing is due before the first change. */
export const IDLE: PacerState = {
  dueAt: null,
  running: null,
  patient: false,
  endedAt: null,
  lookedAt: null,
  wanted: false,
  errors: 0,
};

/**
 * Decides when to make a pass: at once when idle, one at a time, not sooner than `least` after the last, a look every
 * `most` anyway, and after errors with a doubling wait.
 *
 * A look at a large table takes long, and nobody waits for it, whereas clients wait for a change: so a change goes first
 * and even breaks a look off. A look that has been put off for another `most` is put off no more.
 */
export function pace(rule: Pace, state: PacerState, event: PacerEvent, now: Instant): Paced {
  switch (event) {
    case 'changed': {
      const wanting = { ...state, wanted: true };
      if (state.running !== null) return { state: wanting, act: state.patient ? 'give way' : null };
      const soonest = state.endedAt === null ? now : after(state.endedAt, gap(rule, state.errors));
      if (soonest <= now) return go(rule, wanting, now);
      return wait({ ...wanting, dueAt: earlier(soonest, state.dueAt) });
    }
    case 'tick':
      return state.dueAt !== null && state.dueAt <= now ? go(rule, state, now) : wait(state);
    case 'looked':
      return wait({ ...state, lookedAt: now });
    case 'gave way':
      return go(rule, state, now);
    case 'done': {
      const soonest = after(now, rule.least);
      const look = after(state.lookedAt ?? now, rule.most);
      const dueAt = state.wanted || look < soonest ? soonest : look;
      return wait({ ...state, dueAt, running: null, patient: false, endedAt: now, errors: 0 });
    }
    case 'all gone': {
      // Nobody looks at what is no affair of ours, and what was seen is soon out of date.
      const dueAt = state.wanted ? after(now, rule.least) : null;
      return wait({
        ...state,
        dueAt,
        running: null,
        patient: false,
        endedAt: now,
        lookedAt: null,
        errors: 0,
      });
    }
    case 'failed': {
      const errors = state.errors + 1;
      return wait({
        ...state,
        dueAt: after(now, gap(rule, errors)),
        running: null,
        patient: false,
        endedAt: now,
        lookedAt: null,
        errors,
      });
    }
  }
}

function go(rule: Pace, state: PacerState, now: Instant): Paced {
  const { lookedAt, wanted } = state;
  const putOff = lookedAt !== null && now < after(lookedAt, millis(2 * rule.most));
  const running = putOff && wanted ? 'change' : 'look';
  return {
    state: { ...state, dueAt: null, running, patient: running === 'look' && putOff, wanted: false },
    act: running,
  };
}

const wait = (state: PacerState): Paced => ({ state, act: null });

/** The shortest wait between two passes after so many errors in a row. */
function gap(rule: Pace, errors: number): Millis {
  return errors === 0 ? rule.least : millis(Math.min(rule.firstWait * 2 ** (errors - 1), rule.longestWait));
}

const earlier = (a: Instant, b: Instant | null): Instant => (b === null || a < b ? a : b);
