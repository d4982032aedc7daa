import assert from 'node:assert/strict';
import { join } from 'node:path';
import { arpAnswerIn, arpProbe, gratuitousArp } from '../../src/arp/wire/arp.js';
import { neighbourAnswerIn, neighbourProbe, unsolicitedAdvertisement } from '../../src/arp/wire/neighbour.js';
import { hmacMd5 } from '../../src/io/digest.js';
import { parseIp } from '../../src/lib/address.js';
import { pseudoHeader } from '../../src/lib/checksum.js';
import { seconds } from '../../src/lib/units.js';
import {
  secretBytes,
  VRRP_PROTOCOL,
  type Advert,
  type Authentication,
  type ChecksumForm,
} from '../../src/vrrp/wire/advert.js';
import { decodeAdvert, encodeAdvert, virtualRouterIdOf, writeChecksum } from '../../src/vrrp/wire/packet.js';
import { Capture } from './capture.js';
import { eventually } from './daemon.js';
import { Director } from './director.js';
import { ROOT } from './guide.js';
import { Topology } from './topology.js';

const OURS = '10.0.0.1';
const THEIRS = '10.0.0.2';
const MAC = Uint8Array.of(2, 0, 10, 0, 0, 1);
const THEIR_MAC = Uint8Array.of(2, 0, 10, 0, 0, 2);

const ip = (text: string): Uint8Array => parseIp(text)!;
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A way to speak VRRP. */
interface Kind {
  readonly name: string;
  readonly version: 2 | 3;
  readonly family: 'ipv4' | 'ipv6';
  readonly unicast: boolean;
  readonly auth?: 'PASS' | 'AH';
  readonly checksum?: ChecksumForm;
  /** What keepalived's file says besides. */
  readonly words?: string;
  /** tcpdump and Wireshark take it for wrong, whoever sends it. */
  readonly unknownToDecoders?: true;
}

/** The VRID of a kind is its place here, from 1. */
const KINDS: readonly Kind[] = [
  { name: 'version 2', version: 2, family: 'ipv4', unicast: false },
  { name: 'version 2 with PASS', version: 2, family: 'ipv4', unicast: false, auth: 'PASS' },
  { name: 'version 2 with PASS, unicast', version: 2, family: 'ipv4', unicast: true, auth: 'PASS' },
  { name: 'version 2 with AH', version: 2, family: 'ipv4', unicast: false, auth: 'AH' },
  { name: 'version 2 with AH, unicast', version: 2, family: 'ipv4', unicast: true, auth: 'AH' },
  { name: 'version 2 over IPv6', version: 2, family: 'ipv6', unicast: false, unknownToDecoders: true },
  { name: 'version 3', version: 3, family: 'ipv4', unicast: false },
  { name: 'version 3, unicast', version: 3, family: 'ipv4', unicast: true },
  {
    name: 'version 3, unicast, the checksum of keepalived 1.3.6',
    version: 3,
    family: 'ipv4',
    unicast: true,
    checksum: 'old-unicast',
    words: 'old_unicast_checksum',
    unknownToDecoders: true,
  },
  { name: 'version 3 over IPv6', version: 3, family: 'ipv6', unicast: false },
  { name: 'version 3 over IPv6, unicast', version: 3, family: 'ipv6', unicast: true },
];

const vridOf = (kind: Kind): number => KINDS.indexOf(kind) + 1;
const vipsOf = (kind: Kind): readonly string[] =>
  kind.family === 'ipv4'
    ? [`10.0.1.${vridOf(kind)}`, `10.0.2.${vridOf(kind)}`]
    : [`fe80::${vridOf(kind)}`, `fd00::1:${vridOf(kind)}`];

/** Where the two speak from when they speak to each other alone. */
const hostsOf = ({ family }: Kind): { readonly ours: string; readonly theirs: string } =>
  family === 'ipv4' ? { ours: OURS, theirs: THEIRS } : { ours: 'fd00::a', theirs: 'fd00::b' };

function instanceOf(kind: Kind): string {
  const { ours, theirs } = hostsOf(kind);
  return `vrrp_instance K${vridOf(kind)} {
  interface eth0
  virtual_router_id ${vridOf(kind)}
  priority 100
  version ${kind.version}
  ${kind.auth === undefined ? '' : `authentication {\n auth_type ${kind.auth}\n auth_pass 1111\n }`}
  ${kind.unicast ? `unicast_src_ip ${theirs}\n unicast_peer {\n ${ours}\n }` : ''}
  ${kind.words ?? ''}
  virtual_ipaddress {
    ${vipsOf(kind).join('\n')}
  }
}
`;
}

function authenticationOf({ auth }: Kind): Authentication {
  const secret = secretBytes('1111');
  if (auth === undefined) return { type: 'none' };
  return auth === 'PASS' ? { type: 'PASS', secret } : { type: 'AH', secret, hmacMd5 };
}

const advertOf = (kind: Kind, priority: number): Advert => ({
  version: kind.version,
  family: kind.family,
  virtualRouterId: vridOf(kind),
  priority,
  interval: seconds(1),
  addresses: vipsOf(kind).map(ip),
  authentication: authenticationOf(kind),
});

const groupOf = ({ family }: Kind): string => (family === 'ipv4' ? '224.0.0.18' : 'ff02::12');

/** An advert of ours as a frame. */
function frameOf(kind: Kind, priority: number): Uint8Array {
  const { ours, theirs } = hostsOf(kind);
  const source = ip(kind.family === 'ipv6' && !kind.unicast ? 'fe80::aff:fe00:1' : ours);
  const destination = ip(kind.unicast ? theirs : groupOf(kind));
  const packet = encodeAdvert(advertOf(kind, priority), {
    source,
    destination,
    group: ip(groupOf(kind)),
    identification: 7,
    ttl: 255,
    checksum: kind.checksum ?? 'pseudo-header',
    sequence: 1000,
  });
  const group = kind.family === 'ipv4' ? '01005e000012' : '333300000012';
  const to = kind.unicast ? THEIR_MAC : bytesOf(group);
  if (kind.family === 'ipv4') return Uint8Array.from([...to, ...MAC, 0x08, 0x00, ...packet]);
  writeChecksum(packet, pseudoHeader(source, destination, VRRP_PROTOCOL, packet.length));
  const header = [0x6c, 0, 0, 0, 0, packet.length, VRRP_PROTOCOL, 255, ...source, ...destination];
  return Uint8Array.from([...to, ...MAC, 0x86, 0xdd, ...header, ...packet]);
}

describe('packets that others read, and packets of others', () => {
  let topology: Topology;
  let keepalived: Director;
  let capture: Capture;

  const forge = (frames: readonly Uint8Array[]): Promise<string> =>
    topology
      .host('ours')
      .run(
        process.execPath,
        join(ROOT, 'dist/test/lab/forge.js'),
        ...frames.map(frame => Buffer.from(frame).toString('hex')),
      );

  before(async () => {
    topology = await Topology.create([
      { name: 'ours', address: OURS },
      { name: 'theirs', address: THEIRS, ip: ['addr add fd00::b/64 dev eth0 nodad'] },
    ]);
    // keepalived sends nothing from an address that may not be its own yet, and would ask the neighbour first.
    const theirs = topology.host('theirs');
    await theirs.ip('neigh', 'add', 'fd00::a', 'lladdr', '02:00:0a:00:00:01', 'dev', 'eth0');
    await eventually('their link-local address', async () =>
      (await theirs.ip('-6', 'addr', 'show', 'scope', 'link', '-tentative')).includes('fe80'),
    );
    capture = await Capture.start(topology.wire, 'br0', 'proto 112 or proto 51 or arp or ip6');
    keepalived = new Director(theirs, 'keepalived', KINDS.map(instanceOf).join(''), { vrrpOnly: true });
  });
  after(async () => {
    keepalived.remove();
    await capture.stop();
    topology.remove();
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(keepalived.tail());
  });

  it('keepalived obeys one advert of ours of each kind', async () => {
    keepalived.start();
    await Promise.all(
      KINDS.map(kind => keepalived.line(new RegExp(`\\(K${vridOf(kind)}\\) Entering MASTER`))),
    );
    const since = Date.now() * 1000;
    await forge(KINDS.map(kind => frameOf(kind, 200)));
    for (const kind of KINDS) {
      const line = new RegExp(`\\(K${vridOf(kind)}\\) Entering BACKUP`);
      await keepalived.line(line, { since }).catch((error: unknown) => {
        throw new Error(`keepalived did not obey ${kind.name}`, { cause: error });
      });
    }
  });

  for (const kind of KINDS) {
    it(`we obey the adverts of keepalived: ${kind.name}`, async () => {
      const ipv4 = kind.family === 'ipv4';
      const read = () =>
        capture.frames.flatMap(({ bytes }) => {
          const frame = Uint8Array.from(bytes);
          const type = ipv4 ? 0x0800 : 0x86dd;
          if (frame[11] !== 2 || bytes.readUInt16BE(12) !== type) return [];
          const [packet, source, destination, ttl] = ipv4
            ? [frame.subarray(14), frame.subarray(26, 30), frame.subarray(30, 34), frame[22]]
            : [frame.subarray(54), frame.subarray(22, 38), frame.subarray(38, 54), frame[21]];
          if (!ipv4 && frame[20] !== VRRP_PROTOCOL) return [];
          if (virtualRouterIdOf(packet, kind.family) !== vridOf(kind)) return [];
          const { ours, theirs } = hostsOf(kind);
          assert.ok(!kind.unicast || Buffer.from(destination).equals(ip(ours)));
          return [
            decodeAdvert(
              { bytes: packet, source, destination, ttl: ttl ?? 0 },
              {
                ours: advertOf(kind, 150),
                group: ip(groupOf(kind)),
                peers: kind.unicast ? [{ address: ip(theirs), leastTtl: 0, mostTtl: 255 }] : undefined,
                onlyPeers: kind.unicast,
                checksum: 'pseudo-header',
                oldUnicast: true,
                sequence: 0,
              },
            ),
          ];
        });
      // What is on the wire reaches us a moment later.
      const heard = await eventually('an advert of this kind', () => {
        const found = read();
        return Promise.resolve(found.length > 0 && found);
      });
      for (const advert of heard) {
        assert.ok(advert.ok, `dropped: ${advert.ok ? '' : advert.error}`);
        assert.deepEqual([advert.value.priority, advert.value.sameAddresses], [100, true]);
        if (ipv4 && kind.version === 3) {
          assert.equal(advert.value.checksum, kind.checksum ?? 'pseudo-header');
        }
      }
    });
  }

  it('Linux answers our probes', async () => {
    const answersTo = async (
      probe: Uint8Array,
      look: (frame: Uint8Array) => { readonly mac: Uint8Array; readonly address: Uint8Array } | undefined,
      address: string,
    ): Promise<void> => {
      const before = capture.frames.length;
      await forge([probe]);
      const answer = await eventually(`an answer for ${address}`, () =>
        Promise.resolve(
          capture.frames
            .slice(before)
            .map(({ bytes }) => look(Uint8Array.from(bytes)))
            .find(seen => seen !== undefined && Buffer.from(seen.address).equals(ip(address))),
        ),
      );
      assert.deepEqual(answer.mac, THEIR_MAC);
    };
    await answersTo(arpProbe(MAC, ip(THEIRS)), arpAnswerIn, THEIRS);
    await answersTo(arpProbe(MAC, ip(THEIRS), ip(OURS)), arpAnswerIn, THEIRS);
    await answersTo(neighbourProbe(MAC, ip('fd00::b')), neighbourAnswerIn, 'fd00::b');
    await answersTo(neighbourProbe(MAC, ip('fd00::b'), ip('fd00::a')), neighbourAnswerIn, 'fd00::b');
  });

  it('Linux believes our announcements', async () => {
    const theirs = topology.host('theirs');
    const elsewhere = Uint8Array.of(2, 0, 0, 0, 0, 0x99);
    await theirs.ip(
      'neigh',
      'replace',
      '10.0.0.77',
      'lladdr',
      '02:00:00:00:00:01',
      'dev',
      'eth0',
      'nud',
      'stale',
    );
    await theirs.ip(
      'neigh',
      'replace',
      'fd00::77',
      'lladdr',
      '02:00:00:00:00:01',
      'dev',
      'eth0',
      'nud',
      'stale',
    );
    await forge([
      gratuitousArp(elsewhere, ip('10.0.0.77')),
      unsolicitedAdvertisement(elsewhere, ip('fd00::77'), true),
    ]);
    for (const address of ['10.0.0.77', 'fd00::77']) {
      await eventually(`${address} where it is now`, async () =>
        (await theirs.ip('neigh', 'show', address, 'dev', 'eth0')).includes('02:00:00:00:00:99'),
      );
    }
    assert.match(await theirs.ip('neigh', 'show', 'fd00::77', 'dev', 'eth0'), /router/);
  });

  it('tcpdump and Wireshark find no fault with what we send', async () => {
    const odd = KINDS.filter(kind => kind.unknownToDecoders).map(vridOf);
    const said = await capture.complaints();
    assert.deepEqual(
      said.filter(line => !odd.some(vrid => line.includes(`vrid ${vrid},`))),
      [],
    );
    const known = odd.map(vrid => `vrrp.virt_rtr_id != ${vrid}`).join(' && ');
    assert.deepEqual(await capture.wiresharkComplaints(`!vrrp || (${known})`), []);
    const decoded = await capture.decoded();
    for (const kind of KINDS) {
      const prio = new RegExp(
        `VRRPv${kind.version}, Advertisement,( \\(ttl \\d+\\),)? vrid ${vridOf(kind)}, prio 200`,
      );
      assert.match(decoded, prio, kind.name);
    }
  });
});
