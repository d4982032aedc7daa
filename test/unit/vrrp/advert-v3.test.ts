import assert from 'node:assert/strict';
import { internetChecksum, pseudoHeader } from '../../../src/lib/checksum.js';
import { millis, seconds } from '../../../src/lib/units.js';
import {
  VRRP_PROTOCOL,
  type Advert,
  type ChecksumForm,
  type DropReason,
} from '../../../src/vrrp/wire/advert.js';
import {
  decodeAdvert,
  encodeAdvert,
  writeChecksum,
  type Expected,
  type Received,
} from '../../../src/vrrp/wire/packet.js';
import { hex } from '../../fakes/hex.js';
import { captured, expecting, GROUP, GROUP6, hexOf, ip, received, type Golden } from './golden.js';

const golden = captured('version 3, every half second');
const golden6 = captured('version 3 over IPv6');
const toPeer = captured('version 3, to one peer');

/** A captured packet with bytes of its message changed, and its checksum put right again in the default form. */
function spoil(one: Golden, changes: Readonly<Record<number, number>>): Uint8Array {
  const bytes = Uint8Array.from(one.bytes);
  const message = one.advert.family === 'ipv4' ? bytes.subarray(20) : bytes;
  for (const [at, value] of Object.entries(changes)) message[Number(at)] = value;
  message.set([0, 0], 6);
  const { source, destination } = one.envelope;
  writeChecksum(message, pseudoHeader(source, destination, VRRP_PROTOCOL, message.length));
  return bytes;
}

const hear = (one: Golden, packet: Partial<Received>, other: Partial<Expected> = {}) =>
  decodeAdvert({ ...received(one), ...packet }, expecting(one, other));

describe('vrrp advert, version 3', () => {
  /** Checksums that two sources agree on: an implementation that is not keepalived, and RFC 1071 by hand. */
  for (const [name, advert, source, form, message] of [
    [
      'pseudo header, 192.0.2.251',
      { virtualRouterId: 10, priority: 200, addresses: [ip('192.0.2.1'), ip('192.0.2.2')] },
      '192.0.2.251',
      'pseudo-header',
      '310ac8020064defb c0000201 c0000202',
    ],
    [
      'message alone, as in RFC 9568 §5.2.8',
      { virtualRouterId: 10, priority: 200, addresses: [ip('192.0.2.1'), ip('192.0.2.2')] },
      '192.0.2.251',
      'message',
      '310ac8020064828a c0000201 c0000202',
    ],
    [
      'pseudo header, 20.0.0.3',
      {
        virtualRouterId: 2,
        priority: 254,
        interval: millis(10),
        addresses: [ip('20.0.1.2'), ip('20.0.1.3')],
      },
      '20.0.0.3',
      'pseudo-header',
      '3102fe020001b25e 14000102 14000103',
    ],
    [
      'message alone, 20.0.0.3',
      {
        virtualRouterId: 2,
        priority: 254,
        interval: millis(10),
        addresses: [ip('20.0.1.2'), ip('20.0.1.3')],
      },
      '20.0.0.3',
      'message',
      '3102fe020001a6f4 14000102 14000103',
    ],
  ] as readonly (readonly [string, Partial<Advert>, string, ChecksumForm, string])[]) {
    it(`agrees with a vector of another implementation: ${name}`, () => {
      const whole = { ...golden.advert, interval: seconds(1), ...advert };
      const envelope = { ...golden.envelope, source: ip(source), checksum: form };
      assert.equal(hexOf(encodeAdvert(whole, envelope).subarray(20)), hexOf(hex(message)));
    });
  }

  it('agrees with a vector of another implementation: IPv6, fe80::c8', () => {
    const message = encodeAdvert(
      {
        ...golden6.advert,
        virtualRouterId: 10,
        priority: 100,
        addresses: [ip('fe80::1'), ip('2001:db8::1')],
      },
      golden6.envelope,
    );
    writeChecksum(message, pseudoHeader(ip('fe80::c8'), GROUP6, VRRP_PROTOCOL, message.length));
    assert.equal(hexOf(message.subarray(0, 8)), '310a640200643f5d');
  });

  for (const [heard, sent, configured] of [
    ['pseudo-header', 'pseudo-header', 'pseudo-header'],
    ['message', 'message', 'pseudo-header'],
    ['pseudo-header', 'pseudo-header', 'message'],
    ['message', 'message', 'message'],
    ['old-unicast', 'old-unicast', 'pseudo-header'],
    ['old-unicast', 'old-unicast', 'message'],
    ['old-unicast', 'old-unicast', 'old-unicast'],
    ['pseudo-header', 'pseudo-header', 'old-unicast'],
  ] as readonly (readonly [ChecksumForm, ChecksumForm, ChecksumForm])[]) {
    it(`hears a checksum of the form ${sent} where ${configured} is sent, and says which it was`, () => {
      const bytes = encodeAdvert(toPeer.advert, { ...toPeer.envelope, checksum: sent });
      const outcome = hear(toPeer, { bytes }, { checksum: configured });
      assert.ok(outcome.ok);
      assert.equal(outcome.value.checksum, heard);
    });
  }

  it('drops the checksum of keepalived 1.3.6 with "checksum" where it is never to be heard', () => {
    const bytes = encodeAdvert(toPeer.advert, { ...toPeer.envelope, checksum: 'old-unicast' });
    assert.deepEqual(hear(toPeer, { bytes }, { oldUnicast: false }), { ok: false, error: 'checksum' });
  });

  for (const [reason, what, one, packet] of [
    ['truncated', 'it ends in the fixed fields', golden6, { bytes: golden6.bytes.subarray(0, 7) }],
    [
      'auth-type',
      'it comes in an authentication header',
      golden,
      { bytes: captured('version 2, AH 1111').bytes },
    ],
    [
      'length',
      'more IPv4 addresses are claimed than are there (RFC 9568 §7.1)',
      golden,
      { bytes: spoil(golden, { 3: 2 }) },
    ],
    [
      'length',
      'more IPv6 addresses are claimed than are there (RFC 9568 §7.1)',
      golden6,
      { bytes: spoil(golden6, { 3: 3 }) },
    ],
    [
      'length',
      'fewer IPv6 addresses are claimed than are there: there is no padding',
      golden6,
      { bytes: spoil(golden6, { 3: 1 }) },
    ],
    ['ttl', 'it came through a router (RFC 9568 §5.1.1.3)', golden, { ttl: 254 }],
    ['ttl', 'it came through a router of IPv6 (RFC 9568 §5.1.2.3)', golden6, { ttl: 254 }],
    [
      'version',
      'it is VRRPv2 (RFC 9568 §7.1)',
      golden,
      { bytes: captured('version 2, no authentication').bytes },
    ],
    ['type', 'it is no advertisement (RFC 9568 §5.2.2)', golden, { bytes: spoil(golden, { 0: 0x32 }) }],
    ['type', 'it is of type 0 (RFC 9568 §5.2.2)', golden6, { bytes: spoil(golden6, { 0: 0x30 }) }],
    [
      'ip-length',
      'the IP header claims another length (keepalived)',
      golden,
      { bytes: golden.bytes.map((b, i) => (i === 3 ? 0x24 : b)) },
    ],
    [
      'interval',
      'the interval is nothing (RFC 9568 §7.1, erratum 8301)',
      golden,
      { bytes: spoil(golden, { 4: 0, 5: 0 }) },
    ],
    [
      'interval',
      'nothing but reserved bits is in the interval',
      golden6,
      { bytes: spoil(golden6, { 4: 0xf0, 5: 0 }) },
    ],
    [
      'checksum',
      'a bit was turned on the way (RFC 9568 §7.1)',
      golden,
      { bytes: golden.bytes.map((b, i) => (i === 31 ? b ^ 1 : b)) },
    ],
    ['checksum', 'it was sent by another, and its header was changed', golden, { source: ip('10.0.0.7') }],
    [
      'destination',
      'it was sent to us alone, and we listen to the group (keepalived)',
      golden6,
      { destination: ip('fd00::2') },
    ],
    ['destination', 'it was sent to another group', golden6, { destination: ip('ff02::13') }],
  ] as readonly (readonly [DropReason, string, Golden, Partial<Received>])[]) {
    it(`drops with "${reason}" when ${what}`, () => {
      assert.deepEqual(hear(one, packet), { ok: false, error: reason });
    });
  }

  for (const [reason, what, packet] of [
    ['source', 'it is of nobody we know (keepalived, check_unicast_src)', { source: ip('fd00::9') }],
    ['destination', 'it was sent to a group (keepalived)', { destination: GROUP6 }],
    ['ttl', 'the peer is farther away than it should be (keepalived, min_ttl)', { ttl: 63 }],
    ['ttl', 'the peer is nearer than it should be (keepalived, max_ttl)', { ttl: 65 }],
  ] as readonly (readonly [DropReason, string, Partial<Received>])[]) {
    it(`drops what a peer of IPv6 is said to have sent with "${reason}" when ${what}`, () => {
      const peers = [{ address: ip('fd00::1'), leastTtl: 64, mostTtl: 64 }];
      const outcome = hear(captured('version 3 over IPv6, to one peer'), packet, { peers, onlyPeers: true });
      assert.deepEqual(outcome, { ok: false, error: reason });
    });
  }

  it('obeys an advert with another interval, and says which it is (RFC 9568 §6.1)', () => {
    const outcome = hear(golden, { bytes: spoil(golden, { 4: 0x0f, 5: 0xff }) });
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value.interval, outcome.value.sameInterval], [40_950, false]);
  });

  it('ignores the reserved bits, and sends none (RFC 9568 §5.2.6)', () => {
    const outcome = hear(golden, { bytes: spoil(golden, { 4: 0xa0 }) });
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value.interval, outcome.value.sameInterval], [500, true]);
    const longest = encodeAdvert({ ...golden.advert, interval: seconds(40.95) }, golden.envelope);
    assert.equal(hexOf(longest.subarray(24, 26)), '0fff');
  });

  it('sends an interval in whole hundredths of a second, and knows its own again', () => {
    const advert = { ...golden.advert, interval: millis(333) };
    const bytes = encodeAdvert(advert, golden.envelope);
    assert.equal(hexOf(bytes.subarray(24, 26)), '0021');
    const outcome = hear({ ...golden, advert }, { bytes });
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value.interval, outcome.value.sameInterval], [330, true]);
  });

  it('obeys an advert with other addresses, and says that they differ (RFC 9568 §7.1)', () => {
    for (const [same, addresses] of [
      [true, ['fd00::100', 'fe80::51']],
      [false, ['fe80::51', 'fd00::101']],
      [false, ['fe80::51']],
    ] as const) {
      const advert = { ...golden6.advert, addresses: addresses.map(ip) };
      const outcome = hear({ ...golden6, advert }, {});
      assert.ok(outcome.ok);
      assert.equal(outcome.value.sameAddresses, same);
    }
  });

  it('obeys an advert without addresses, which keepalived sends under no_virtual_ipaddress', () => {
    const advert = { ...golden.advert, addresses: [] };
    const outcome = hear({ ...golden, advert }, { bytes: encodeAdvert(advert, golden.envelope) });
    assert.equal(outcome.ok, true);
  });

  it('leaves the checksum of IPv6 to the kernel (RFC 3542 §3.1), and can compute it', () => {
    const { advert, envelope, bytes } = golden6;
    const message = encodeAdvert(advert, envelope);
    assert.deepEqual(message.subarray(6, 8), new Uint8Array(2));
    const pseudo = pseudoHeader(envelope.source, GROUP6, VRRP_PROTOCOL, message.length);
    assert.equal(pseudo.length, 40);
    assert.equal(internetChecksum(pseudo, bytes), 0);
    assert.equal(
      internetChecksum(pseudoHeader(ip('10.0.0.1'), GROUP, 112, 12), golden.bytes.subarray(20)),
      0,
    );
  });
});
