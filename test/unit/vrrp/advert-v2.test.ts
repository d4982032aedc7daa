import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseIp } from '../../../src/lib/address.js';
import { internetChecksum } from '../../../src/lib/checksum.js';
import { seconds } from '../../../src/lib/units.js';
import {
  decodeAdvertV2,
  encodeAdvertV2,
  passwordBytes,
  virtualRouterIdOf,
  type AdvertV2,
  type DropReason,
} from '../../../src/vrrp/wire/advert-v2.js';
import { encodeIpv4 } from '../../../src/vrrp/wire/ipv4.js';
import { hex } from '../../fakes/hex.js';

const ip = (text: string): Uint8Array => parseIp(text)!;
const GROUP = ip('224.0.0.18');
const received = { ttl: 255, destination: GROUP };

/** Captured from keepalived 2.2.7: each with what it was told to send. */
const GOLDEN: readonly { name: string; advert: AdvertV2; id: number; source: string; packet: Uint8Array }[] =
  [
    {
      name: 'no authentication',
      advert: {
        virtualRouterId: 51,
        priority: 255,
        interval: seconds(1),
        addresses: [ip('10.0.0.100')],
        password: undefined,
      },
      id: 1,
      source: '10.0.0.1',
      packet: hex(`
      45 c0 0028        # IPv4, tos 0xc0, 40 bytes
      0001 0000         # id 1, no flags
      ff 70 d091        # ttl 255, protocol 112, checksum
      0a000001 e0000012 # 10.0.0.1 to 224.0.0.18
      21 33 ff 01       # version 2 advertisement, VRID 51, priority 255, one address
      00 01 d565        # no authentication, 1 s, checksum
      0a000064          # 10.0.0.100
      0000000000000000  # the authentication bytes are there all the same
    `),
    },
    {
      name: 'PASS 1111',
      advert: {
        virtualRouterId: 51,
        priority: 255,
        interval: seconds(1),
        addresses: [ip('10.0.0.100')],
        password: passwordBytes('1111'),
      },
      id: 1,
      source: '10.0.0.1',
      packet: hex('45c0002800010000ff70d0910a000001e0000012 2133ff0101017203 0a000064 3131313100000000'),
    },
    {
      name: 'PASS 1111, priority 0 as the fourth packet',
      advert: {
        virtualRouterId: 51,
        priority: 0,
        interval: seconds(1),
        addresses: [ip('10.0.0.100')],
        password: passwordBytes('1111'),
      },
      id: 4,
      source: '10.0.0.1',
      packet: hex('45c0002800040000ff70d08e0a000001e0000012 2133000101017104 0a000064 3131313100000000'),
    },
    {
      name: 'PASS s3cret, two addresses',
      advert: {
        virtualRouterId: 51,
        priority: 100,
        interval: seconds(1),
        addresses: [ip('10.0.0.100'), ip('10.0.0.101')],
        password: passwordBytes('s3cret'),
      },
      id: 1,
      source: '10.0.0.2',
      packet: hex(
        '45c0002c00010000ff70d08c0a000002e0000012 21336402010128e6 0a000064 0a000065 7333637265740000',
      ),
    },
  ];

const golden = GOLDEN[1]!;
const ours: AdvertV2 = { ...golden.advert, priority: 100 };

/** The golden packet with bytes changed, and its VRRP checksum put right again. */
function spoil(changes: Readonly<Record<number, number>>): Uint8Array {
  const packet = Uint8Array.from(golden.packet);
  for (const [at, value] of Object.entries(changes)) packet[Number(at)] = value;
  packet.set([0, 0], 26);
  new DataView(packet.buffer).setUint16(26, internetChecksum(packet.subarray(20)));
  return packet;
}

describe('vrrp advert, version 2', () => {
  for (const { name, advert, id, source, packet } of GOLDEN) {
    it(`is what keepalived sends, bit for bit: ${name}`, () => {
      const got = encodeIpv4(
        { identification: id, source: ip(source), destination: GROUP },
        encodeAdvertV2(advert),
      );
      assert.equal(Buffer.from(got).toString('hex'), Buffer.from(packet).toString('hex'));
    });
    it(`is understood: ${name}`, () => {
      assert.deepEqual(decodeAdvertV2(packet, received, advert, GROUP), {
        ok: true,
        value: { priority: advert.priority, sameAddresses: true },
      });
      assert.equal(virtualRouterIdOf(packet), 51);
    });
  }

  it('agrees with a vector of another implementation: 210ac802…, checksum 0x92ed', () => {
    const advert = {
      virtualRouterId: 10,
      priority: 200,
      interval: seconds(1),
      addresses: [ip('192.0.2.1'), ip('192.0.2.2')],
      password: undefined,
    };
    assert.equal(
      Buffer.from(encodeAdvertV2(advert)).toString('hex'),
      '210ac802000192edc0000201c00002020000000000000000',
    );
  });

  for (const [reason, what, packet, how] of [
    ['length', 'more addresses are claimed than are there', spoil({ 23: 2 })],
    ['length', 'fewer addresses are claimed than are there', spoil({ 23: 0 }), { ...received, long: true }],
    ['ttl', 'it came through a router', golden.packet, { ...received, ttl: 254 }],
    ['version', 'it is VRRPv3', spoil({ 20: 0x31 })],
    ['auth-type', 'it has no authentication and we have', spoil({ 24: 0 })],
    ['auth-type', 'its authentication is unknown', spoil({ 24: 9 })],
    ['auth-type', 'it says AH without a header for it', spoil({ 24: 2 })],
    ['auth', 'the password is another', spoil({ 32: 0x32 })],
    ['auth', 'the password only begins like ours', spoil({ 36: 0x31 })],
    ['interval', 'the interval is another', spoil({ 25: 2 })],
    ['type', 'it is no advertisement', spoil({ 20: 0x22 })],
    ['ip-length', 'the IP header claims another length', spoil({ 3: 0x30 })],
    ['checksum', 'a bit was turned on the way', golden.packet.map((b, i) => (i === 31 ? b ^ 1 : b))],
    ['destination', 'it was sent to us alone', golden.packet, { ...received, destination: ip('10.0.0.2') }],
  ] as readonly (readonly [DropReason, string, Uint8Array, (typeof received & { long?: boolean })?])[]) {
    it(`drops with "${reason}" when ${what}`, () => {
      const padded = how?.long === true ? Uint8Array.from([...packet, ...new Uint8Array(20)]) : packet;
      assert.deepEqual(decodeAdvertV2(padded, how ?? received, ours, GROUP), { ok: false, error: reason });
    });
  }

  it("names the first fault in keepalived's order when there are several", () => {
    const order: DropReason[] = [
      'ttl',
      'version',
      'auth-type',
      'interval',
      'type',
      'ip-length',
      'checksum',
      'destination',
    ];
    const faults: Record<string, (p: Uint8Array) => void> = {
      version: p => (p[20] = ((p[20] ?? 0) & 0x0f) | 0x30),
      'auth-type': p => (p[24] = 7),
      interval: p => (p[25] = 9),
      type: p => (p[20] = ((p[20] ?? 0) & 0xf0) | 2),
      'ip-length': p => (p[3] = 0x44),
      checksum: p => (p[30] = 0xee),
    };
    for (let first = 0; first < order.length; first++) {
      const packet = Uint8Array.from(golden.packet);
      for (const reason of order.slice(first)) faults[reason]?.(packet);
      const how = { ttl: first === 0 ? 1 : 255, destination: ip('10.0.0.2') };
      assert.deepEqual(decodeAdvertV2(packet, how, ours, GROUP), { ok: false, error: order[first] });
    }
  });

  it('survives every truncation', () => {
    for (let length = 0; length < golden.packet.length; length++) {
      const { ok } = decodeAdvertV2(golden.packet.subarray(0, length), received, ours, GROUP);
      assert.equal(ok, false, `the first ${length} bytes`);
    }
  });

  it('takes the zeros that fill up a short frame', () => {
    const padded = Uint8Array.from([...golden.packet, 0, 0, 0, 0, 0, 0]);
    assert.equal(decodeAdvertV2(padded, received, ours, GROUP).ok, true);
  });

  it('obeys an advert with other addresses, and says that they differ', () => {
    for (const addresses of [[ip('10.0.0.99')], [], [ip('10.0.0.100'), ip('10.0.0.101')]]) {
      const heard = decodeAdvertV2(golden.packet, received, { ...ours, addresses }, GROUP);
      assert.deepEqual(heard, { ok: true, value: { priority: 255, sameAddresses: false } });
    }
  });

  it('does not mind the order of the addresses', () => {
    const { packet, advert } = GOLDEN[3]!;
    const heard = decodeAdvertV2(
      packet,
      received,
      { ...advert, addresses: [...advert.addresses].reverse() },
      GROUP,
    );
    assert.deepEqual(heard, { ok: true, value: { priority: 100, sameAddresses: true } });
  });

  it('uses the first eight bytes of a password', () => {
    assert.deepEqual(passwordBytes('longer than eight'), passwordBytes('longer t'));
    assert.deepEqual(passwordBytes('ab'), hex('61 62 00 00 00 00 00 00'));
    assert.equal(passwordBytes('ключ-ключ').length, 8);
  });

  it('understands whatever it has encoded', () => {
    const advert = fc.record({
      virtualRouterId: fc.integer({ min: 1, max: 255 }),
      priority: fc.integer({ min: 0, max: 255 }),
      interval: fc.integer({ min: 1, max: 255 }).map(seconds),
      addresses: fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { maxLength: 255 }),
      password: fc.option(fc.string().map(passwordBytes), { nil: undefined }),
    });
    fc.assert(
      fc.property(advert, fc.integer({ min: 1, max: 0xffff }), (some, identification) => {
        const packet = encodeIpv4(
          { identification, source: ip('10.0.0.1'), destination: GROUP },
          encodeAdvertV2(some),
        );
        const heard = decodeAdvertV2(packet, received, some, GROUP);
        assert.deepEqual(heard, { ok: true, value: { priority: some.priority, sameAddresses: true } });
      }),
    );
  });
});
