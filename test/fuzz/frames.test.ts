import assert from 'node:assert/strict';
import fc from 'fast-check';
import { announcementIn, arpAnswerIn, arpProbe, gratuitousArp } from '../../src/arp/wire/arp.js';
import {
  neighbourAnnouncementIn,
  neighbourAnswerIn,
  neighbourProbe,
  unsolicitedAdvertisement,
} from '../../src/arp/wire/neighbour.js';
import { hex } from '../fakes/hex.js';
import { PATIENCE_MS, runs } from './runs.js';

const MAC = hex('02 00 00 00 00 0a');
const VIP = hex('0a 00 00 64');
const VIP6 = hex('fd 00 00000000000000000000000000 64');

const FRAMES = [
  gratuitousArp(MAC, VIP),
  arpProbe(MAC, VIP),
  unsolicitedAdvertisement(MAC, VIP6, true),
  neighbourProbe(MAC, VIP6),
  neighbourProbe(MAC, VIP6, VIP6),
];

/** Whatever the frame: who announces or answers has a hardware address and an address, and they are in the frame. */
function survives(frame: Uint8Array): void {
  const text = Buffer.from(frame).toString('latin1');
  for (const [size, look] of [
    [4, announcementIn],
    [4, arpAnswerIn],
    [16, neighbourAnnouncementIn],
    [16, neighbourAnswerIn],
  ] as const) {
    const seen = look(frame);
    if (seen === undefined) continue;
    assert.deepEqual([seen.mac.length, seen.address.length], [6, size]);
    for (const part of [seen.mac, seen.address]) {
      assert.ok(text.includes(Buffer.from(part).toString('latin1')));
    }
  }
}

describe('fuzz: frames of ARP and neighbour discovery', function () {
  this.timeout(PATIENCE_MS);

  it('random bytes are survived', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120, size: 'max' }), survives), runs(20_000));
  });

  it('frames with bytes changed, cut off and added are survived', () => {
    const change = fc.record({ at: fc.nat(90), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAMES),
        fc.array(change, { maxLength: 4 }),
        fc.nat(100),
        fc.uint8Array({ maxLength: 40, size: 'max' }),
        (good, changes, length, tail) => {
          const frame = Uint8Array.from([...good.subarray(0, length), ...tail]);
          for (const { at, value } of changes) if (at < frame.length) frame[at] = value;
          survives(frame);
        },
      ),
      runs(20_000),
    );
  });
});
