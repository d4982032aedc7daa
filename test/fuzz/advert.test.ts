import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseIp } from '../../src/lib/address.js';
import { seconds } from '../../src/lib/units.js';
import {
  decodeAdvertV2,
  encodeAdvertV2,
  passwordBytes,
  virtualRouterIdOf,
  type AdvertV2,
} from '../../src/vrrp/wire/advert-v2.js';
import { encodeIpv4 } from '../../src/vrrp/wire/ipv4.js';

const GROUP = parseIp('224.0.0.18')!;
const ours: AdvertV2 = {
  virtualRouterId: 51,
  priority: 100,
  interval: seconds(1),
  addresses: [parseIp('10.0.0.13')!],
  password: passwordBytes('1111'),
};
const good = encodeIpv4(
  { identification: 1, source: parseIp('10.0.0.15')!, destination: GROUP },
  encodeAdvertV2(ours),
);
const received = { ttl: 255, destination: GROUP };
const RUNS = 20_000;

describe('fuzz: adverts', function () {
  this.timeout(60_000);

  it('random bytes are dropped with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
        virtualRouterIdOf(bytes);
        assert.equal(decodeAdvertV2(bytes, received, ours, GROUP).ok, false);
      }),
      { numRuns: RUNS },
    );
  });

  it('a good packet with some bytes changed is never obeyed, but for those that nobody looks at', () => {
    const change = fc.record({
      at: fc.integer({ min: 20, max: good.length - 1 }),
      value: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), changes => {
        const packet = Uint8Array.from(good);
        for (const { at, value } of changes) packet[at] = value;
        const heard = decodeAdvertV2(packet, received, ours, GROUP);
        // Changes that undo each other in the checksum are beyond it; a single one is not.
        const differs = packet.some((byte, i) => byte !== good[i]);
        if (differs && changes.length === 1) assert.equal(heard.ok, false);
      }),
      { numRuns: RUNS },
    );
  });
});
