import assert from 'node:assert/strict';
import { internetChecksum } from '../../../src/lib/checksum.js';
import { seconds } from '../../../src/lib/units.js';
import { secretBytes, type Advert, type DropReason } from '../../../src/vrrp/wire/advert.js';
import { decodeAdvert, encodeAdvert, type Expected, type Received } from '../../../src/vrrp/wire/packet.js';
import { hex } from '../../fakes/hex.js';
import { captured, expecting, hexOf, ip, received } from './golden.js';

const golden = captured('version 2, PASS 1111');
const unicast = captured('version 2, PASS 1111, to one peer');
const expected = expecting(golden);
/** To us alone, and obeyed from nobody but 10.0.0.1, from two hops away at the most. */
const fromPeer: Partial<Expected> = {
  peers: [{ address: ip('10.0.0.1'), leastTtl: 253, mostTtl: 254 }],
  onlyPeers: true,
};

/** The captured packet with bytes changed, and its VRRP checksum put right again. */
function spoil(changes: Readonly<Record<number, number>>, padding = 0): Uint8Array {
  const packet = Uint8Array.from([...golden.bytes, ...new Uint8Array(padding)]);
  for (const [at, value] of Object.entries(changes)) packet[Number(at)] = value;
  packet.set([0, 0], 26);
  new DataView(packet.buffer).setUint16(26, internetChecksum(packet.subarray(20)));
  return packet;
}

/** Why a packet is dropped; undefined when it is obeyed. */
function fate(packet: Partial<Received>, other: Partial<Expected> = {}): DropReason | undefined {
  const outcome = decodeAdvert({ ...received(golden), ...packet }, { ...expected, ...other });
  return outcome.ok ? undefined : outcome.error;
}

describe('vrrp advert, version 2', () => {
  it('agrees with a vector of another implementation: 210ac802…, checksum 0x92ed', () => {
    const packet = encodeAdvert(
      {
        ...golden.advert,
        virtualRouterId: 10,
        priority: 200,
        addresses: [ip('192.0.2.1'), ip('192.0.2.2')],
        authentication: { type: 'none' },
      },
      golden.envelope,
    );
    assert.equal(hexOf(packet.subarray(20)), '210ac802000192edc0000201c00002020000000000000000');
  });

  for (const [reason, what, packet, other] of [
    ['truncated', 'there is nothing', { bytes: new Uint8Array(0) }],
    ['truncated', 'it is no IPv4', { bytes: spoil({ 0: 0x65 }) }],
    ['truncated', 'its IP header is shorter than one can be', { bytes: spoil({ 0: 0x44 }) }],
    ['truncated', 'it ends before the addresses', { bytes: golden.bytes.subarray(0, 27) }],
    ['not-vrrp', 'its protocol is another', { bytes: spoil({ 9: 89 }) }],
    ['length', 'more addresses are claimed than are there (RFC 3768 §7.1)', { bytes: spoil({ 23: 2 }) }],
    ['length', 'more follows than padding', { bytes: spoil({}, 7) }],
    ['ttl', 'it came through a router (RFC 3768 §5.2.3)', { ttl: 254 }],
    ['ttl', 'it has no TTL left', { ttl: 0 }],
    ['version', 'it is VRRPv3 (RFC 3768 §7.1)', { bytes: spoil({ 20: 0x31 }) }],
    ['version', 'it is VRRPv4', { bytes: spoil({ 20: 0x41 }) }],
    ['auth-type', 'it has no authentication and we have (RFC 3768 §7.1)', { bytes: spoil({ 24: 0 }) }],
    [
      'auth-type',
      'it has a password and we have none',
      {},
      { ours: captured('version 2, no authentication').advert },
    ],
    ['auth-type', 'its authentication is unknown (keepalived)', { bytes: spoil({ 24: 9 }) }],
    ['auth-type', 'it says AH without a header for it', { bytes: spoil({ 24: 2 }) }],
    [
      'auth-type',
      'it has an AH header and we do not ask for one (keepalived)',
      { bytes: captured('version 2, AH 1111').bytes },
    ],
    ['auth', 'the password is another', { bytes: spoil({ 32: 0x32 }) }],
    ['auth', 'the password only begins like ours', { bytes: spoil({ 36: 0x31 }) }],
    ['auth', 'the password differs in its eighth byte', { bytes: spoil({ 39: 1 }) }],
    ['interval', 'the interval is another (RFC 3768 §7.1)', { bytes: spoil({ 25: 2 }) }],
    ['interval', 'the interval is nothing', { bytes: spoil({ 25: 0 }) }],
    ['type', 'it is no advertisement (RFC 3768 §5.3.2)', { bytes: spoil({ 20: 0x22 }) }],
    ['ip-length', 'the IP header claims another length (keepalived)', { bytes: spoil({ 3: 0x30 }) }],
    [
      'checksum',
      'a bit was turned on the way (RFC 3768 §7.1)',
      { bytes: golden.bytes.map((b, i) => (i === 31 ? b ^ 1 : b)) },
    ],
    [
      'destination',
      'it was sent to us alone, and we listen to the group (keepalived)',
      { destination: ip('10.0.0.2') },
    ],
    ['destination', 'it was sent to another group', { destination: ip('224.0.0.19') }],
    ['destination', 'it was sent to the group, and we listen to peers (keepalived)', { ttl: 254 }, fromPeer],
    [
      'source',
      'it is of nobody we know (keepalived, check_unicast_src)',
      { ...received(unicast), source: ip('10.0.0.9') },
      fromPeer,
    ],
    ['ttl', 'the peer is nearer than it should be (keepalived, max_ttl)', received(unicast), fromPeer],
    [
      'ttl',
      'the peer is farther away than it should be (keepalived, min_ttl)',
      { ...received(unicast), ttl: 252 },
      fromPeer,
    ],
  ] as readonly (readonly [DropReason, string, Partial<Received>, Partial<Expected>?])[]) {
    it(`drops with "${reason}" when ${what}`, () => {
      assert.equal(fate(packet, other), reason);
    });
  }

  for (const [what, packet, other] of [
    ['a short one with the padding of its frame', { bytes: spoil({}, 6) }],
    ['a peer at the least TTL it may have', { ...received(unicast), ttl: 253 }, fromPeer],
    ['a peer at the largest TTL it may have', { ...received(unicast), ttl: 254 }, fromPeer],
    [
      'anybody at any TTL where peers are not checked',
      { ...received(unicast), source: ip('10.0.0.9'), ttl: 3 },
      { ...fromPeer, onlyPeers: false },
    ],
    ['every VRID: it was found by it', { bytes: spoil({ 21: 7 }) }],
    [
      'IP options before it',
      {
        bytes: Uint8Array.from([
          ...spoil({ 0: 0x46, 3: 0x2c }).subarray(0, 20),
          0,
          0,
          0,
          0,
          ...golden.bytes.subarray(20),
        ]),
      },
    ],
  ] as readonly (readonly [string, Partial<Received>, Partial<Expected>?])[]) {
    it(`obeys ${what}`, () => {
      assert.equal(fate(packet, other), undefined);
    });
  }

  it("names the first fault in keepalived's order when there are several", () => {
    const order: DropReason[] = [
      'length',
      'ttl',
      'version',
      'auth-type',
      'auth',
      'interval',
      'type',
      'ip-length',
      'checksum',
      'destination',
    ];
    const faults: Partial<Record<DropReason, (p: Uint8Array) => void>> = {
      length: p => (p[23] = 200),
      version: p => (p[20] = ((p[20] ?? 0) & 0x0f) | 0x30),
      'auth-type': p => (p[24] = 7),
      auth: p => (p[33] = 0x39),
      interval: p => (p[25] = 9),
      type: p => (p[20] = ((p[20] ?? 0) & 0xf0) | 2),
      'ip-length': p => (p[3] = 0x44),
      checksum: p => (p[30] = 0xee),
    };
    for (let first = 0; first < order.length; first++) {
      const bytes = Uint8Array.from(golden.bytes);
      for (const reason of order.slice(first)) faults[reason]?.(bytes);
      const ttl = first <= 1 ? 1 : 255;
      assert.equal(fate({ bytes, ttl, destination: ip('10.0.0.2') }), order[first]);
    }
  });

  it('ignores the authentication bytes where nothing is authenticated (RFC 3768 §5.3.10)', () => {
    const plain = captured('version 2, no authentication');
    const bytes = Uint8Array.from(plain.bytes);
    bytes.set([0x61, 0x62, 0x63], 32);
    bytes.set([0, 0], 26);
    new DataView(bytes.buffer).setUint16(26, internetChecksum(bytes.subarray(20)));
    assert.equal(decodeAdvert(received(plain, bytes), expecting(plain)).ok, true);
  });

  for (const [same, what, ours] of [
    [true, 'the same addresses', ['10.0.0.100', '10.0.0.101']],
    [true, 'the same addresses in another order', ['10.0.0.101', '10.0.0.100']],
    [false, 'one address more', ['10.0.0.100']],
    [false, 'one address less', ['10.0.0.100', '10.0.0.101', '10.0.0.102']],
    [false, 'another address', ['10.0.0.100', '10.0.0.102']],
    [false, 'addresses where we have none', []],
  ] as const) {
    it(`obeys an advert with ${what}, and says ${same ? 'so' : 'that they differ'} (keepalived 2.3.3)`, () => {
      const two = captured('version 2, PASS s3cret, two addresses');
      const advert: Advert = { ...two.advert, addresses: ours.map(ip) };
      const outcome = decodeAdvert(received(two), expecting({ ...two, advert }));
      assert.ok(outcome.ok);
      assert.equal(outcome.value.sameAddresses, same);
      assert.deepEqual(outcome.value.addresses, hex('0a000064 0a000065'));
    });
  }

  for (const [what, advert] of [
    ['priority 0', { priority: 0 }],
    ['priority 255', { priority: 255 }],
    ['no address', { addresses: [] }],
    ['255 addresses', { addresses: Array.from({ length: 255 }, (_, i) => ip(`10.0.1.${i}`)) }],
    ['the longest interval, 255 s', { interval: seconds(255) }],
  ] as readonly (readonly [string, Partial<Advert>])[]) {
    it(`knows ${what}`, () => {
      const whole = { ...golden.advert, ...advert };
      const bytes = encodeAdvert(whole, golden.envelope);
      const outcome = decodeAdvert(received(golden, bytes), expecting({ ...golden, advert: whole }));
      assert.ok(outcome.ok);
      const { priority, interval, addresses } = outcome.value;
      assert.deepEqual(
        [priority, interval, addresses.length],
        [whole.priority, whole.interval, whole.addresses.length * 4],
      );
    });
  }

  it('uses the first eight bytes of a password', () => {
    assert.deepEqual(secretBytes('longer than eight'), secretBytes('longer t'));
    assert.deepEqual(secretBytes('ab'), hex('61 62 00 00 00 00 00 00'));
    assert.equal(secretBytes('ключ-ключ').length, 8);
  });
});
