import assert from 'node:assert/strict';
import { track, type Standing, type Track, type TrackFault } from '../../../src/vrrp/core/tracking.js';

const script = (weight: number, reverse = false): Track => ({ kind: 'script', name: 's', weight, reverse });
const link = (weight: number, reverse = false): Track => ({
  kind: 'interface',
  name: 'eth1',
  weight,
  reverse,
});

interface Row {
  readonly name: string;
  readonly base?: number;
  readonly tracks: readonly (readonly [Track, Standing])[];
  readonly priority?: number;
  readonly fault?: TrackFault;
}

const rows: readonly Row[] = [
  { name: 'nothing that is watched changes nothing', tracks: [] },
  { name: 'a positive weight counts while it is well', tracks: [[script(20), 'well']], priority: 120 },
  { name: 'and not while it has failed', tracks: [[script(20), 'failed']] },
  { name: 'a negative weight counts while it has failed', tracks: [[script(-20), 'failed']], priority: 80 },
  { name: 'and not while it is well', tracks: [[script(-20), 'well']] },
  {
    name: 'reversed, a positive weight is taken off while it has failed',
    tracks: [[script(20, true), 'failed']],
    priority: 80,
  },
  {
    name: 'reversed, a negative one is added while it is well',
    tracks: [[script(-20, true), 'well']],
    priority: 120,
  },
  { name: 'weight 0 fails with it', tracks: [[script(0), 'failed']], fault: 'tracked-script' },
  {
    name: 'weight 0 reversed fails while it is well',
    tracks: [[script(0, true), 'well']],
    fault: 'tracked-script',
  },
  { name: 'weight 0 reversed is content with a failure', tracks: [[script(0, true), 'failed']] },
  { name: 'an interface fails it, too', tracks: [[link(0), 'failed']], fault: 'tracked-interface' },
  {
    name: 'what has not been looked at adds nothing',
    tracks: [
      [script(-20), 'unknown'],
      [script(20), 'unknown'],
    ],
  },
  { name: 'and with weight 0 it is waited for', tracks: [[script(0), 'unknown']], fault: 'script-pending' },
  {
    name: 'what cannot be run decides nothing',
    tracks: [
      [script(0), 'missing'],
      [script(-20), 'missing'],
    ],
  },
  {
    name: 'all that counts is added up',
    tracks: [
      [script(20), 'well'],
      [link(-50), 'failed'],
      [link(5), 'well'],
    ],
    priority: 75,
  },
  { name: 'never below 1', tracks: [[script(-253), 'failed']], priority: 1 },
  { name: 'never above 254', tracks: [[script(253), 'well']], priority: 254 },
  { name: "an owner's priority never changes", base: 255, tracks: [[script(-20), 'failed']], priority: 255 },
  {
    name: 'an owner fails like everybody else',
    base: 255,
    tracks: [[link(0), 'failed']],
    priority: 255,
    fault: 'tracked-interface',
  },
];

describe('vrrp: what is watched, and what it makes of an instance', () => {
  for (const { name, base = 100, tracks, priority = 100, fault } of rows) {
    it(name, () => {
      const standings = new Map(tracks);
      const found = track(
        base,
        tracks.map(([one]) => one),
        one => standings.get(one) ?? 'unknown',
      );
      assert.deepEqual(found, { priority, fault });
    });
  }
});
