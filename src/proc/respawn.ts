import { between, millis, type Instant, type Millis } from '../lib/units.js';

/** Deaths that are answered at once, within the time that is looked back on. */
const FREE_RESPAWNS = 5;
const LOOK_BACK = millis(60_000);
const LONGEST_PAUSE = 60_000;

/**
 * How long to wait before a child is started again: not at all, unless it dies over and over.
 * @param deaths when it died, the last one included
 */
export function respawnPause(deaths: readonly Instant[], now: Instant): Millis {
  const recent = deaths.filter(at => between(at, now) < LOOK_BACK).length;
  return recent <= FREE_RESPAWNS
    ? millis(0)
    : millis(Math.min(1000 * 2 ** (recent - FREE_RESPAWNS - 1), LONGEST_PAUSE));
}
