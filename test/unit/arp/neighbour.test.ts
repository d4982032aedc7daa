import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  neighbourAnnouncementIn,
  neighbourAnswerIn,
  neighbourProbe,
  unsolicitedAdvertisement,
} from '../../../src/arp/wire/neighbour.js';
import { parseIp } from '../../../src/lib/address.js';
import { internetChecksum, pseudoHeader } from '../../../src/lib/checksum.js';
import { hex } from '../../fakes/hex.js';

const MAC = hex('02 00 00 00 00 0a');
const OUR_MAC = hex('02 00 00 00 00 0b');
const VIP = parseIp('fd00::100')!;

/** Captured from keepalived 2.2.7, on a machine that does not forward and on one that does. */
const ANNOUNCED = hex(`
  33 33 00 00 00 01  02 00 00 00 00 0a  86 dd # to all nodes, from the interface, IPv6
  60000000 0020 3a ff                         # 32 bytes of ICMPv6, hop limit 255
  fd000000000000000000000000000100            # from the address itself
  ff020000000000000000000000000001            # to all nodes
  88 00 5894 20 000000                        # neighbour advertisement, checksum, override
  fd000000000000000000000000000100            # this address
  02 01 02000000000a                          # is to be found here
`);
const BY_A_ROUTER = hex(`
  333300000001 02000000000a 86dd 60000000 0020 3aff
  fe800000000000000000000000000051 ff020000000000000000000000000001
  8800 d6f1 a0000000 fe800000000000000000000000000051 0201 02000000000a
`);
/** What Linux answers to our questions: to all where we had no address, else to us. */
const ANSWERED_TO_ALL = ANNOUNCED;
const ANSWERED = hex(`
  02000000000b 02000000000a 86dd 60000000 0020 3aff
  fd000000000000000000000000000100 fd000000000000000000000000000002
  8800 1a95 60000000                          # solicited, override
  fd000000000000000000000000000100 0201 02000000000a
`);

/** A frame with bytes changed, and its checksum put right again. */
function spoil(frame: Uint8Array, changes: Readonly<Record<number, number>>, more = 0): Uint8Array {
  const spoilt = Uint8Array.from([...frame, ...new Uint8Array(more)]);
  for (const [at, value] of Object.entries(changes)) spoilt[Number(at)] = value;
  spoilt.set([0, 0], 56);
  const claimed = spoilt[19] ?? 0;
  const message = spoilt.subarray(54, 54 + claimed);
  const pseudo = pseudoHeader(spoilt.subarray(22, 38), spoilt.subarray(38, 54), 58, claimed);
  new DataView(spoilt.buffer).setUint16(56, internetChecksum(pseudo, message));
  return spoilt;
}

describe('arp: neighbour advertisements', () => {
  it('are what keepalived sends, bit for bit', () => {
    assert.deepEqual(unsolicitedAdvertisement(MAC, VIP, false), ANNOUNCED);
  });

  it('are what keepalived sends, bit for bit, on a machine that forwards (RFC 9568 §6.4.1)', () => {
    assert.deepEqual(unsolicitedAdvertisement(MAC, parseIp('fe80::51')!, true), BY_A_ROUTER);
  });

  it('of another machine are understood', () => {
    assert.deepEqual(neighbourAnnouncementIn(ANNOUNCED), { mac: MAC, address: VIP });
    assert.deepEqual(neighbourAnnouncementIn(BY_A_ROUTER), { mac: MAC, address: parseIp('fe80::51') });
  });

  it('name the hardware address themselves, whoever sends them', () => {
    const virtual = spoil(ANNOUNCED, { 81: 0x5e, 84: 2, 85: 51 });
    assert.deepEqual(neighbourAnnouncementIn(virtual)?.mac, hex('02 5e 00 00 02 33'));
  });

  it('that do not name it are taken for those of their sender', () => {
    const bare = spoil(ANNOUNCED.subarray(0, 78), { 19: 24 });
    assert.deepEqual(neighbourAnnouncementIn(bare), { mac: MAC, address: VIP });
    const padded = Uint8Array.from([...bare, ...new Uint8Array(6)]);
    assert.deepEqual(neighbourAnnouncementIn(padded), { mac: MAC, address: VIP });
  });

  it('may have other options before the one that counts (RFC 4861 §4.6)', () => {
    const option = [...ANNOUNCED.subarray(78), 0, 0, 0, 0, 0, 0, 0, 0];
    const changes = Object.fromEntries(option.map((byte, i) => [86 + i, byte]));
    const two = spoil(ANNOUNCED, { 19: 48, 78: 14, ...changes, 94: 9, 95: 1 }, 16);
    assert.deepEqual(neighbourAnnouncementIn(two), { mac: MAC, address: VIP });
  });

  for (const [what, frame] of [
    ['an answer to one who asked', ANSWERED],
    ['one that overrides nothing', spoil(ANNOUNCED, { 58: 0 })],
    ['a solicited one to all (RFC 4861 §7.1.2)', spoil(ANNOUNCED, { 58: 0x60 })],
    ['one that was routed (RFC 4861 §7.1.2)', spoil(ANNOUNCED, { 21: 254 })],
    ['one with a wrong checksum (RFC 4861 §7.1.2)', ANNOUNCED.map((b, i) => (i === 57 ? b ^ 1 : b))],
    ['one with a code (RFC 4861 §7.1.2)', spoil(ANNOUNCED, { 55: 1 })],
    ['one about a group (RFC 4861 §7.1.2)', spoil(ANNOUNCED, { 62: 0xff })],
    ['one with an option of no length (RFC 4861 §7.1.2)', spoil(ANNOUNCED, { 79: 0 })],
    ['one with an option that does not fit', spoil(ANNOUNCED, { 79: 2 })],
    ['a question', spoil(ANNOUNCED, { 54: 135 })],
    ['another protocol', spoil(ANNOUNCED, { 20: 17 })],
    ['another version of IP', spoil(ANNOUNCED, { 14: 0x40 })],
    ['another kind of frame', spoil(ANNOUNCED, { 13: 0 })],
    ['one that claims to be shorter than it can be', spoil(ANNOUNCED, { 19: 23 })],
    ['one that claims to be longer than it is', spoil(ANNOUNCED, { 19: 40 })],
  ] as const) {
    it(`are nothing else: not ${what}`, () => {
      assert.equal(neighbourAnnouncementIn(frame), undefined);
      const answers = frame === ANSWERED || what.includes('overrides');
      assert.equal(neighbourAnswerIn(frame) !== undefined, answers);
    });
  }

  it('are no piece of a frame', () => {
    for (let n = 0; n < ANNOUNCED.length; n++) {
      assert.equal(neighbourAnnouncementIn(ANNOUNCED.subarray(0, n)), undefined);
      assert.equal(neighbourAnswerIn(ANSWERED.subarray(0, n)), undefined);
    }
  });

  it('with one bit turned are nothing, or the same', () => {
    for (let bit = 0; bit < ANNOUNCED.length * 8; bit++) {
      const turned = Uint8Array.from(ANNOUNCED);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const heard = neighbourAnnouncementIn(turned);
      if (heard !== undefined) assert.deepEqual(heard, { mac: MAC, address: VIP });
    }
  });

  it('are understood whatever they are about', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(6), bytes(16), fc.boolean(), (mac, address, router) => {
        address[0] = 0xfd;
        const announced = { mac, address };
        assert.deepEqual(neighbourAnnouncementIn(unsolicitedAdvertisement(mac, address, router)), announced);
      }),
    );
  });
});

describe('arp: who has it, in IPv6', () => {
  it('is asked as before taking an address (RFC 4862 §5.4.2)', () => {
    const probe = hex(`
      33 33 ff 00 01 00  02 00 00 00 00 0b  86 dd # to the group of the address, RFC 2464 §7
      60000000 0018 3a ff
      00000000000000000000000000000000            # from nobody
      ff0200000000000000000001ff000100            # RFC 4291 §2.7.1
      87 00 7ba7 00000000                         # neighbour solicitation
      fd000000000000000000000000000100            # who has this?
    `);
    assert.deepEqual(neighbourProbe(OUR_MAC, VIP), probe);
    assert.equal(neighbourAnswerIn(probe), undefined);
  });

  it('is asked with our own address where we have one (RFC 4861 §7.2.2)', () => {
    const solicitation = hex(`
      3333ff000100 02000000000b 86dd 60000000 0020 3aff
      fd000000000000000000000000000002 ff0200000000000000000001ff000100
      8700 7b90 00000000 fd000000000000000000000000000100
      01 01 02000000000b                          # answer us here
    `);
    assert.deepEqual(neighbourProbe(OUR_MAC, VIP, parseIp('fd00::2')), solicitation);
    assert.equal(neighbourAnswerIn(solicitation), undefined);
  });

  it('is answered by Linux, to us or to all', () => {
    for (const answer of [ANSWERED, ANSWERED_TO_ALL]) {
      assert.deepEqual(neighbourAnswerIn(answer), { mac: MAC, address: VIP });
    }
  });
});
