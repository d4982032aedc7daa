import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hmacMd5 } from '../../../src/io/digest.js';
import { sameSecret, secretBytes, type DropReason } from '../../../src/vrrp/wire/advert.js';
import { admit, nextSequence, signAh } from '../../../src/vrrp/wire/ah.js';
import {
  decodeAdvert,
  encodeAdvert,
  virtualRouterIdOf,
  type Expected,
  type Received,
} from '../../../src/vrrp/wire/packet.js';
import { captured, expecting, ip, received } from './golden.js';

const golden = captured('version 2, AH 1111');
const unicast = captured('version 2, AH 1111, to one peer with a TTL of 64');
const secret = { type: 'AH', secret: secretBytes('1111'), hmacMd5 } as const;

/** The captured packet with bytes changed, signed again by somebody who knows the password. */
function resigned(changes: Readonly<Record<number, number>>): Uint8Array {
  const packet = Uint8Array.from(golden.bytes);
  for (const [at, value] of Object.entries(changes)) packet[Number(at)] = value;
  signAh(packet, 20, false, secret);
  return packet;
}

const changed = (at: number, value: number): Uint8Array =>
  golden.bytes.map((byte, i) => (i === at ? value : byte));

const hear = (packet: Partial<Received>, other: Partial<Expected> = {}) =>
  decodeAdvert({ ...received(golden), ...packet }, expecting(golden, other));

describe('vrrp authentication header', () => {
  for (const [reason, what, packet, other] of [
    ['truncated', 'it ends behind the header', { bytes: golden.bytes.subarray(0, 44) }],
    ['not-vrrp', 'another protocol is in it (keepalived)', { bytes: changed(20, 6) }],
    ['auth-type', 'there is none (keepalived)', { bytes: captured('version 2, PASS 1111').bytes }],
    ['auth-type', 'the advert in it says PASS', { bytes: resigned({ 48: 1 }) }],
    ['length', 'it ends before the addresses do', { bytes: golden.bytes.subarray(0, 63) }],
    ['ttl', 'it came through a router', { ttl: 254 }],
    [
      'auth',
      'the password is another',
      {},
      { ours: { ...golden.advert, authentication: { ...secret, secret: secretBytes('1112') } } },
    ],
    ['auth', 'its check value is another (RFC 2402 §3.4.4)', { bytes: changed(43, 0) }],
    ['auth', 'the priority was changed', { bytes: changed(46, 200) }],
    ['auth', 'the number was changed', { bytes: changed(31, 9) }],
    [
      'auth',
      'the identification was changed, which does not change on the way (RFC 2402 §3.3.3.1.1.1)',
      { bytes: changed(5, 9) },
    ],
    [
      'auth',
      'the TTL in the header is another where it has to be 255 (keepalived)',
      { bytes: changed(8, 254) },
    ],
    ['spi', 'its name is not the address it comes from (keepalived)', { bytes: resigned({ 27: 2 }) }],
    ['spi', 'it comes from another address than it says', { source: ip('10.0.0.9') }],
    ['replay', 'the number was used before (RFC 2402 §3.4.3)', {}, { sequence: 1 }],
    ['replay', 'the number is lower than one that was used (keepalived)', {}, { sequence: 4_000_000_000 }],
    ['interval', 'all else is well and the interval is not', { bytes: resigned({ 49: 2 }) }],
    ['ip-length', 'the IP header claims another length', { bytes: resigned({ 3: 0x44 }) }],
    ['checksum', 'it is genuine and wrong', { bytes: resigned({ 59: 1 }) }],
  ] as readonly (readonly [DropReason, string, Partial<Received>, Partial<Expected>?])[]) {
    it(`drops with "${reason}" when ${what}`, () => {
      assert.deepEqual(hear(packet, other), { ok: false, error: reason });
    });
  }

  for (const [what, packet] of [
    ['the type of service was changed on the way', { bytes: changed(1, 0) }],
    ['the flags were changed on the way', { bytes: changed(6, 0x40) }],
    ['the checksum of the IP header was changed on the way', { bytes: changed(10, 0) }],
  ] as readonly (readonly [string, Partial<Received>])[]) {
    it(`believes it when ${what} (RFC 2402 §3.3.3.1.1.1)`, () => {
      assert.equal(hear(packet).ok, true);
    });
  }

  it('believes a peer whatever is left of its TTL (keepalived)', () => {
    const routed = unicast.bytes.map((byte, i) => (i === 8 ? 61 : byte));
    assert.equal(decodeAdvert({ ...received(unicast, routed), ttl: 61 }, expecting(unicast)).ok, true);
  });

  it("names the first fault in keepalived's order when there are several", () => {
    const other = { ours: { ...golden.advert, authentication: { ...secret, secret: secretBytes('x') } } };
    const wrong = { source: ip('10.0.0.9') };
    assert.deepEqual(hear(wrong, { ...other, sequence: 9 }), { ok: false, error: 'auth' });
    assert.deepEqual(hear(wrong, { sequence: 9 }), { ok: false, error: 'spi' });
    assert.deepEqual(hear({ bytes: resigned({ 49: 2 }) }, { sequence: 9 }), { ok: false, error: 'replay' });
  });

  it('hides the VRID no deeper than it is', () => {
    assert.equal(virtualRouterIdOf(golden.bytes, 'ipv4'), 51);
    assert.equal(virtualRouterIdOf(changed(20, 6), 'ipv4'), undefined);
    assert.equal(virtualRouterIdOf(golden.bytes.subarray(0, 51), 'ipv4'), undefined);
  });

  it('compares what is secret to its end', () => {
    const some = secretBytes('12345678');
    for (const [same, other] of [
      [true, secretBytes('12345678')],
      [false, secretBytes('02345678')],
      [false, secretBytes('12345670')],
      [false, some.subarray(0, 7)],
      [false, Uint8Array.of(...some, 0)],
      [false, new Uint8Array(0)],
    ] as const) {
      assert.equal(sameSecret(some, other), same);
      assert.equal(sameSecret(other, some), same);
    }
  });

  it('takes each number once, whoever uses it, and none below (keepalived)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 })), numbers => {
        const taken: number[] = [];
        let highest = 0;
        for (const number of numbers) {
          const next = admit(highest, number);
          if (next === 'replay') continue;
          taken.push(number);
          highest = next;
        }
        assert.deepEqual(
          taken,
          [...new Set(taken)].sort((a, b) => a - b),
        );
        assert.equal(highest, Math.max(0, ...numbers));
      }),
    );
  });

  it('goes on counting where the master before it stood, and stops at the last number there is', () => {
    assert.equal(nextSequence(0), 1);
    assert.equal(nextSequence(4711), 4712);
    assert.equal(nextSequence(0xffffffff), 0xffffffff);
    const sequence = nextSequence(4711);
    const bytes = encodeAdvert(golden.advert, { ...golden.envelope, sequence });
    const outcome = hear({ bytes }, { sequence: 4711 });
    assert.ok(outcome.ok);
    assert.equal(outcome.value.sequence, 4712);
  });
});
