import assert from 'node:assert/strict';
import fc from 'fast-check';
import { internetChecksum, pseudoHeader } from '../../../src/lib/checksum.js';
import { millis, seconds } from '../../../src/lib/units.js';
import { DROP_REASONS, VRRP_PROTOCOL, type Advert } from '../../../src/vrrp/wire/advert.js';
import {
  decodeAdvert,
  encodeAdvert,
  mostAddresses,
  virtualRouterIdOf,
  writeChecksum,
} from '../../../src/vrrp/wire/packet.js';
import { advertAndEnvelope } from './arbitrary.js';
import { captured, expecting, GOLDEN, hexOf, ip, received, type Golden } from './golden.js';

/** IPv6's checksum is the kernel's work, in both directions: what it would drop does not reach us. */
function throughTheKernel({ advert, envelope }: Golden, bytes: Uint8Array): boolean {
  if (advert.family === 'ipv4') return true;
  const pseudo = pseudoHeader(envelope.source, envelope.destination, VRRP_PROTOCOL, bytes.length);
  return internetChecksum(pseudo, bytes) === 0;
}

describe('vrrp packets', () => {
  for (const golden of GOLDEN) {
    const { name, advert, envelope, bytes } = golden;
    const heard = decodeAdvert(received(golden), expecting(golden));

    it(`are what keepalived sends, bit for bit: ${name}`, () => {
      const got = encodeAdvert(advert, envelope);
      if (advert.family === 'ipv6') {
        assert.deepEqual(got.subarray(6, 8), new Uint8Array(2), 'the checksum is left to the kernel');
        writeChecksum(got, pseudoHeader(envelope.source, envelope.destination, VRRP_PROTOCOL, got.length));
      }
      assert.equal(hexOf(got), hexOf(bytes));
    });

    it(`are understood: ${name}`, () => {
      assert.deepEqual(heard, {
        ok: true,
        value: {
          priority: advert.priority,
          interval: advert.interval,
          sameInterval: true,
          addresses: Uint8Array.from(advert.addresses.flatMap(address => [...address])),
          sameAddresses: true,
          checksum:
            advert.family === 'ipv6' ? 'kernel' : advert.version === 2 ? 'message' : envelope.checksum,
          sequence: advert.authentication.type === 'AH' ? envelope.sequence : undefined,
        },
      });
      assert.equal(virtualRouterIdOf(bytes, advert.family), 51);
    });

    it(`cut short anywhere are dropped: ${name}`, () => {
      for (let length = 0; length < bytes.length; length++) {
        const { ok } = decodeAdvert(received(golden, bytes.subarray(0, length)), expecting(golden));
        assert.equal(ok, false, `the first ${length} bytes`);
        virtualRouterIdOf(bytes.subarray(0, length), advert.family);
      }
    });

    it(`with one bit turned are dropped, or mean the same: ${name}`, () => {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const turned = Uint8Array.from(bytes);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        if (!throughTheKernel(golden, turned)) continue;
        const packet = received(golden, turned);
        const header =
          advert.family === 'ipv4'
            ? { source: turned.slice(12, 16), destination: turned.slice(16, 20), ttl: turned[8] ?? 0 }
            : {};
        const outcome = decodeAdvert({ ...packet, ...header }, expecting(golden));
        if (outcome.ok) {
          assert.deepEqual(outcome, heard, `bit ${bit}`);
          // What nobody but the kernel looks at, which has verified the checksum of the header before.
          assert.ok(bit < 160, `bit ${bit} of the message`);
        } else {
          assert.ok(DROP_REASONS.includes(outcome.error));
        }
      }
    });
  }

  it('understand whatever was encoded', () => {
    fc.assert(
      fc.property(advertAndEnvelope, ({ advert, envelope }) => {
        const golden: Golden = { name: '', advert, envelope, bytes: encodeAdvert(advert, envelope) };
        const { checksum } = envelope;
        const heard = decodeAdvert(received(golden), expecting(golden, { checksum }));
        assert.deepEqual(heard, {
          ok: true,
          value: {
            priority: advert.priority,
            interval: advert.interval,
            sameInterval: true,
            addresses: Uint8Array.from(advert.addresses.flatMap(address => [...address])),
            sameAddresses: true,
            checksum: advert.family === 'ipv6' ? 'kernel' : advert.version === 2 ? 'message' : checksum,
            sequence: advert.authentication.type === 'AH' ? envelope.sequence : undefined,
          },
        });
        assert.equal(virtualRouterIdOf(golden.bytes, advert.family), advert.virtualRouterId);
      }),
    );
  });

  it('have a header that IPv4 accepts', () => {
    fc.assert(
      fc.property(advertAndEnvelope, ({ advert, envelope }) => {
        if (advert.family === 'ipv6') return;
        const packet = encodeAdvert(advert, envelope);
        assert.equal(internetChecksum(packet.subarray(0, 20)), 0);
        assert.equal((packet[2] ?? 0) * 256 + (packet[3] ?? 0), packet.length);
      }),
    );
  });

  const plain = captured('version 3, every half second').advert;
  for (const [what, impossible] of [
    ['VRID 0', { virtualRouterId: 0 }],
    ['VRID 256', { virtualRouterId: 256 }],
    ['a priority of 256', { priority: 256 }],
    ['a priority below 0', { priority: -1 }],
    ['256 addresses', { addresses: new Array(256).fill(ip('10.0.0.1')) as Uint8Array[] }],
    ['an address of the other family', { addresses: [ip('fe80::1')] }],
    ['an address of the other family, and a shorter one', { family: 'ipv6' }],
    ['version 3 every 40.96 s', { interval: seconds(40.96) }],
    ['version 3 without pause', { interval: millis(0) }],
    ['version 3 at no time', { interval: millis(NaN) }],
    ['version 2 every half second', { version: 2 }],
    ['version 2 every second and a half', { version: 2, interval: seconds(1.5) }],
    ['version 2 every 256 s', { version: 2, interval: seconds(256) }],
    ['version 2 without pause', { version: 2, interval: seconds(0) }],
    ['a password in version 3', { authentication: captured('version 2, PASS 1111').advert.authentication }],
  ] as readonly (readonly [string, Partial<Advert>])[]) {
    it(`cannot be made of ${what}: that is our own mistake`, () => {
      const { envelope } = captured('version 3, every half second');
      assert.throws(() => encodeAdvert({ ...plain, ...impossible }, envelope), RangeError);
    });
  }

  for (const [most, what, mtu] of [
    [255, 'version 2, no authentication', 1500],
    [135, 'version 2, no authentication', 576],
    [129, 'version 2, AH 1111', 576],
    [137, 'version 3, every half second', 576],
    [90, 'version 3 over IPv6', 1500],
    [77, 'version 3 over IPv6', 1280],
    [255, 'version 3 over IPv6', 9000],
    [0, 'version 3 over IPv6', 40],
  ] as const) {
    it(`have room for ${most} addresses at most with an MTU of ${mtu}: ${what}`, () => {
      const { advert, envelope } = captured(what);
      assert.equal(mostAddresses(advert, mtu), most);
      const full = (count: number): number => {
        const addresses = new Array(count).fill(advert.addresses[0]) as Uint8Array[];
        const ipHeader = advert.family === 'ipv6' ? 40 : 0;
        return ipHeader + encodeAdvert({ ...advert, addresses }, envelope).length;
      };
      if (most > 0) assert.ok(full(most) <= mtu);
      if (most > 0 && most < 255) assert.ok(full(most + 1) > mtu);
    });
  }
});
