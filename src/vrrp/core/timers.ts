import { millis, times, type Millis } from '../../lib/units.js';
import type { RouterSettings } from './types.js';

/** Adverts that may be missed before the master counts as gone (RFC 3768 §6.1). */
const MISSED_ADVERTS = 3;

/**
 * How much longer than a perfect backup we wait, so that the best one is first (RFC 3768 §6.1).
 * VRRPv2 counts in seconds whatever the interval is.
 */
export const skewTime = (priority: number): Millis => millis(((256 - priority) * 1000) / 256);

/** Silence after which a backup takes over: three intervals and its skew (RFC 3768 §6.1). */
export const masterDownTime = (advertInterval: Millis, priority: number): Millis =>
  millis(times(advertInterval, MISSED_ADVERTS) + skewTime(priority));

export const masterDownInterval = (settings: RouterSettings): Millis =>
  masterDownTime(settings.advertInterval, settings.priority);

/** Time for a successor's advert to reach us and for its timer to be late. */
const LEAVING_MARGIN = 100;

/** How long a router that resigned can expect a successor: the longest skew there is, and a margin. */
export const leavingTime = (): Millis => millis(skewTime(1) + LEAVING_MARGIN);

/**
 * From a successor's advert to its announcements, which keepalived sends within a millisecond of it. Until they are
 * heard, clients still come to us; a successor that announces nothing is not waited for longer.
 */
export const SUCCESSION: Millis = millis(100);

/** Part of an interval that a resumed master keeps clear of the earliest backup's timer. */
const RESUME_MARGIN = 0.1;

/** How long after a master's last advert its peers surely still wait, whatever their priority. */
export const patience = (advertInterval: Millis): Millis =>
  times(advertInterval, MISSED_ADVERTS - RESUME_MARGIN);
