/** Something that an instance watches, and what it means for it. Plain data: it crosses processes. */
export interface Track {
  readonly kind: 'interface' | 'script';
  readonly name: string;
  /** What it adds to the priority while well, or, where negative, while failed; with 0 the instance fails with it. */
  readonly weight: number;
  /** Turns the sign round, and with weight 0 well and failed. */
  readonly reverse: boolean;
}

/** How what is watched is; `unknown` until it has been looked at for the first time, `missing` where it cannot be. */
export type Standing = 'well' | 'failed' | 'unknown' | 'missing';

export type TrackFault = 'tracked-interface' | 'tracked-script' | 'script-pending';

/** What all that is watched makes of an instance. */
export interface Tracking {
  readonly priority: number;
  readonly fault: TrackFault | undefined;
}

const OWNER = 255;
const LEAST = 1;
const MOST = 254;

/**
 * keepalived's arithmetic (vrrp_track.c): the weights that count are added to the priority of the file, which stays
 * between 1 and 254; an owner's never changes. What nobody has looked at yet adds nothing, and an instance that would
 * fail with it waits. What is not there to be run decides nothing: keepalived leaves such a script out.
 */
export function track(
  base: number,
  tracks: readonly Track[],
  standing: (track: Track) => Standing,
): Tracking {
  let priority = base;
  let fault: TrackFault | undefined;
  for (const one of tracks) {
    const now = standing(one);
    if (one.weight === 0) fault ??= faultOf(one, now);
    else if (now === 'well' || now === 'failed') {
      priority += contribution(one.reverse ? -one.weight : one.weight, now === 'well');
    }
  }
  return { priority: base === OWNER ? OWNER : Math.min(MOST, Math.max(LEAST, priority)), fault };
}

const contribution = (weight: number, isWell: boolean): number => (weight > 0 === isWell ? weight : 0);

function faultOf({ kind, reverse }: Track, now: Standing): TrackFault | undefined {
  if (now === 'unknown') return 'script-pending';
  if (now === 'missing') return undefined;
  if ((now === 'well') !== reverse) return undefined;
  return kind === 'interface' ? 'tracked-interface' : 'tracked-script';
}
