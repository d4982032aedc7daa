import { after, millis, type Instant } from '../../lib/units.js';

/** How often an address is announced after it has moved; milliseconds, 0 for never. */
export interface BurstSettings {
  readonly repeat: number;
  readonly delayMs: number;
  readonly refreshMs: number;
  readonly refreshRepeat: number;
}

/** What is still to come. */
export type BurstState =
  | { readonly phase: 'quiet' }
  | { readonly phase: 'second'; readonly at: Instant }
  | { readonly phase: 'refresh'; readonly at: Instant };

/** The next state, and how many rounds over all addresses are to be sent now. */
export interface BurstStep {
  readonly state: BurstState;
  readonly rounds: number;
}

export const QUIET: BurstState = { phase: 'quiet' };

/** The first block goes out at once, whatever was still to come before (keepalived: vrrp_send_link_update). */
export function begin(settings: BurstSettings, now: Instant): BurstStep {
  const state: BurstState =
    settings.delayMs > 0
      ? { phase: 'second', at: after(now, millis(settings.delayMs)) }
      : refreshAfter(settings, now);
  return { state, rounds: settings.repeat };
}

/** Other settings from now on: a second block that is still to come stays where it is. Sends nothing. */
export const change = (settings: BurstSettings, state: BurstState, now: Instant): BurstState =>
  state.phase === 'second' ? state : refreshAfter(settings, now);

/** What is due at `now`. Early calls change nothing. */
export function step(settings: BurstSettings, state: BurstState, now: Instant): BurstStep {
  if (state.phase === 'quiet' || now < state.at) return { state, rounds: 0 };
  switch (state.phase) {
    case 'second':
      return { state: refreshAfter(settings, now), rounds: settings.repeat };
    case 'refresh':
      return { state: refreshAfter(settings, now), rounds: settings.refreshRepeat };
  }
}

const refreshAfter = (settings: BurstSettings, now: Instant): BurstState =>
  settings.refreshMs > 0 ? { phase: 'refresh', at: after(now, millis(settings.refreshMs)) } : QUIET;

/** When the state wants to be stepped; undefined when nothing is to come. */
export const deadline = (state: BurstState): Instant | undefined =>
  state.phase === 'quiet' ? undefined : state.at;
