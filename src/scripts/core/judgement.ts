import type { VrrpScript } from '../script.js';

/** What the runs of a script so far say. */
export interface Judgement {
  /** 0 to rise + fall - 1; from `rise` on it is well. */
  readonly result: number;
  /** Has it been run to its end yet? */
  readonly isKnown: boolean;
}

type Counts = Pick<VrrpScript, 'rise' | 'fall' | 'initFail'>;

/** Before the first run: that one decides either way, unless the file says that it counts as failed (vrrp_scheduler.c). */
export const unjudged = ({ rise, initFail }: Counts): Judgement => ({
  result: initFail ? 0 : rise - 1,
  isKnown: initFail,
});

/**
 * After another run. As in keepalived one counter goes up and down between 0 and rise + fall - 1, and jumps to its end
 * when it passes the border, so that `fall` bad runs in a row are needed after it has become well, and `rise` good ones
 * after it has failed.
 */
export function judge({ rise, fall }: Counts, before: Judgement, ranWell: boolean): Judgement {
  const most = rise + fall - 1;
  if (!before.isKnown) return { result: ranWell ? most : 0, isKnown: true };
  const { result } = before;
  if (ranWell) return { result: result + 1 >= rise ? most : result + 1, isKnown: true };
  return { result: result - 1 < rise ? 0 : result - 1, isKnown: true };
}

export const isWell = ({ rise }: Counts, { result }: Judgement): boolean => result >= rise;
