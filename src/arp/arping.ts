import { millis } from '../lib/units.js';
import type { Run } from '../ports/run.js';

/** So many programs at a time: two hundred addresses must not be two hundred processes. */
const AT_A_TIME = 16;
/** arping sends one request a second. */
const PAUSE_MS = 1000;
const MARGIN_MS = 5000;

/** One run of arping that failed. */
export interface ArpingFailure {
  readonly address: string;
  readonly words: string;
}

/**
 * Announces by the arping program of iputils: `arping -U -I eth0 -c 1 ADDRESS`, the guide's own words.
 * @param device the interface that the addresses are on
 * @param repeat requests for each address, a second apart
 * @returns what failed, once everything has run
 */
export async function announceByArping(
  run: Run,
  device: string,
  addresses: readonly string[],
  repeat: number,
): Promise<readonly ArpingFailure[]> {
  const failures: ArpingFailure[] = [];
  for (let i = 0; i < addresses.length; i += AT_A_TIME) {
    const batch = addresses.slice(i, i + AT_A_TIME);
    await Promise.all(
      batch.map(async address => {
        const args = ['-q', '-U', '-I', device, '-c', String(repeat), address];
        const { ok, words } = await run('arping', args, millis(repeat * PAUSE_MS + MARGIN_MS));
        // Nobody answers an announcement, and arping counts that as a failure without a word.
        if (!ok && words !== '' && !words.startsWith('Command failed')) failures.push({ address, words });
      }),
    );
  }
  return failures;
}
