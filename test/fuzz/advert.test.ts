import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DROP_REASONS, type HeardAdvert } from '../../src/vrrp/wire/advert.js';
import { pseudoHeader } from '../../src/lib/checksum.js';
import { signAh } from '../../src/vrrp/wire/ah.js';
import { decodeAdvert, encodeAdvert, virtualRouterIdOf, writeChecksum } from '../../src/vrrp/wire/packet.js';
import { expecting, GOLDEN, hexOf, received, type Golden } from '../unit/vrrp/golden.js';
import { PATIENCE_MS, runs } from './runs.js';

const headersOf = ({ advert }: Golden, bytes: Uint8Array): number =>
  advert.family === 'ipv6' ? 0 : ((bytes[0] ?? 0) & 15) * 4 + (advert.authentication.type === 'AH' ? 24 : 0);
const messageOf = (golden: Golden, bytes: Uint8Array): Uint8Array => bytes.subarray(headersOf(golden, bytes));

/** Whoever obeys a packet obeys what is in it: what was heard makes the same message when it is encoded again. */
function obeyedForAReason(golden: Golden, bytes: Uint8Array, heard: HeardAdvert): void {
  const { advert, envelope } = golden;
  const { version, family } = advert;
  const size = family === 'ipv4' ? 4 : 16;
  const again = encodeAdvert(
    {
      ...advert,
      virtualRouterId: virtualRouterIdOf(bytes, family) || 1,
      priority: heard.priority,
      interval: heard.interval,
      addresses: Array.from({ length: heard.addresses.length / size }, (_, i) =>
        heard.addresses.subarray(i * size, (i + 1) * size),
      ),
    },
    {
      ...envelope,
      checksum: heard.checksum === 'kernel' ? 'message' : heard.checksum,
      sequence: heard.sequence ?? 1,
    },
  );
  const expected = messageOf(golden, again);
  const message = Uint8Array.from(messageOf(golden, bytes).subarray(0, expected.length));
  // No instance has VRID 0, and the checksum 0 can be written in two ways.
  if (message[1] === 0 || hexOf(message.subarray(6, 8)) === 'ffff') return;
  const ignored = Uint8Array.from(message);
  // What nobody looks at: the kernel's checksum, reserved bits, authentication bytes that do not authenticate.
  if (family === 'ipv6') message.fill(0, 6, 8);
  if (version === 3) message[4] = (message[4] ?? 0) & 0x0f;
  else if (family === 'ipv4' && advert.authentication.type !== 'PASS') message.fill(0, message.length - 8);
  // The checksum was right with them.
  if (hexOf(message) !== hexOf(ignored)) message.set(expected.subarray(6, 8), 6);
  assert.equal(hexOf(message), hexOf(expected));
}

/** Gives a packet to an instance that is configured as the sender of `golden` is. */
function judge(golden: Golden, bytes: Uint8Array, sequence = 0): boolean {
  virtualRouterIdOf(bytes, golden.advert.family);
  const outcome = decodeAdvert(received(golden, bytes), expecting(golden, { sequence }));
  if (outcome.ok) obeyedForAReason(golden, bytes, outcome.value);
  else assert.ok(DROP_REASONS.includes(outcome.error));
  return outcome.ok;
}

/** Makes checksum and signature right again, so that what was changed comes past them. */
function mend(golden: Golden, bytes: Uint8Array): void {
  const { advert, envelope } = golden;
  const message = bytes.subarray(headersOf(golden, golden.bytes));
  message.fill(0, 6, 8);
  const pseudo = pseudoHeader(envelope.source, envelope.destination, 112, message.length);
  writeChecksum(message, advert.version === 2 && advert.family === 'ipv4' ? new Uint8Array(0) : pseudo);
  if (advert.authentication.type === 'AH') {
    signAh(bytes, 20, envelope.destination !== envelope.group, advert.authentication);
  }
}

const anyGolden = fc.constantFrom(...GOLDEN);
const byte = fc.integer({ min: 0, max: 255 });

/** A captured packet with up to three bytes changed. */
const changed = anyGolden.chain(golden =>
  fc
    .array(fc.record({ at: fc.nat(golden.bytes.length - 1), value: byte }), { minLength: 1, maxLength: 3 })
    .map(changes => {
      const bytes = Uint8Array.from(golden.bytes);
      for (const { at, value } of changes) bytes[at] = value;
      return { golden, bytes, changes };
    }),
);

describe('fuzz: adverts', function () {
  this.timeout(PATIENCE_MS);

  it('random bytes are dropped with a reason', () => {
    fc.assert(
      fc.property(anyGolden, fc.uint8Array({ maxLength: 120, size: 'max' }), (golden, bytes) => {
        const obeyed = judge(golden, bytes);
        // Of IPv6 the kernel has verified the checksum, and there is no more.
        if (golden.advert.family === 'ipv4') assert.equal(obeyed, false);
      }),
      runs(20_000),
    );
  });

  it('random bytes behind a good header are dropped, or obeyed for what they are', () => {
    fc.assert(
      fc.property(anyGolden, fc.uint8Array({ maxLength: 120, size: 'max' }), (golden, tail) => {
        const keep = headersOf(golden, golden.bytes) + 4;
        const bytes = Uint8Array.from([...golden.bytes.subarray(0, keep), ...tail]);
        if (golden.advert.family === 'ipv4') new DataView(bytes.buffer).setUint16(2, bytes.length);
        judge(golden, bytes);
      }),
      runs(20_000),
    );
  });

  it('a good packet with some bytes changed is dropped, or obeyed for what it is', () => {
    fc.assert(
      fc.property(changed, ({ golden, bytes, changes }) => {
        const obeyed = judge(golden, bytes);
        // Changes that undo each other in the checksum are beyond it; a single one is not.
        const headerBytes = golden.advert.family === 'ipv4' ? 20 : 0;
        const single = changes.filter(({ at }) => at >= headerBytes && bytes[at] !== golden.bytes[at]);
        if (changes.length === 1 && single.length === 1 && golden.advert.family === 'ipv4') {
          assert.equal(obeyed, false);
        }
      }),
      runs(20_000),
    );
  });

  it('a changed packet whose checksum and signature are right is dropped, or obeyed for what it is', () => {
    let obeyed = 0;
    fc.assert(
      fc.property(changed, ({ golden, bytes }) => {
        mend(golden, bytes);
        if (judge(golden, bytes)) obeyed++;
      }),
      runs(20_000),
    );
    assert.ok(obeyed > 0);
  });

  it('packets in any order and number move a sequence only upwards', () => {
    const signed = GOLDEN.filter(({ advert }) => advert.authentication.type === 'AH');
    fc.assert(
      fc.property(fc.constantFrom(...signed), fc.array(fc.nat(50)), (golden, numbers) => {
        let highest = 0;
        for (const sequence of numbers) {
          const bytes = encodeAdvert(golden.advert, { ...golden.envelope, sequence });
          const outcome = decodeAdvert(received(golden, bytes), expecting(golden, { sequence: highest }));
          assert.equal(outcome.ok, sequence > highest);
          if (outcome.ok) highest = outcome.value.sequence ?? 0;
        }
      }),
      runs(2_000),
    );
  });

  it('cut and padded in any way', () => {
    fc.assert(
      fc.property(anyGolden, fc.nat(80), fc.nat(80), (golden, cut, padding) => {
        const bytes = Uint8Array.from([...golden.bytes.subarray(0, cut), ...new Uint8Array(padding)]);
        judge(golden, bytes);
      }),
      runs(20_000),
    );
  });
});
