import { hmacMd5 } from '../../../src/io/digest.js';
import { parseIp } from '../../../src/lib/address.js';
import { seconds } from '../../../src/lib/units.js';
import { secretBytes, type Advert } from '../../../src/vrrp/wire/advert.js';
import type { Envelope, Expected, Received } from '../../../src/vrrp/wire/packet.js';
import { hex } from '../../fakes/hex.js';

export const ip = (text: string): Uint8Array => parseIp(text)!;
export const GROUP = ip('224.0.0.18');
export const GROUP6 = ip('ff02::12');

/** What keepalived 2.2.7 sent on a wire, and what it was told to send. */
export interface Golden {
  readonly name: string;
  readonly advert: Advert;
  readonly envelope: Envelope;
  /** As a socket takes and gives it: IPv4 with its header, IPv6 without. */
  readonly bytes: Uint8Array;
}

const OWNER: Advert = {
  version: 2,
  family: 'ipv4',
  virtualRouterId: 51,
  priority: 255,
  interval: seconds(1),
  addresses: [ip('10.0.0.100')],
  authentication: { type: 'none' },
};
const LEAVING = { priority: 0 };
const PASS = { authentication: { type: 'PASS', secret: secretBytes('1111') } } as const;
const AH = { authentication: { type: 'AH', secret: secretBytes('1111'), hmacMd5 } } as const;
const V3 = { version: 3 } as const;
const V6 = { version: 3, family: 'ipv6', addresses: [ip('fe80::51'), ip('fd00::100')] } as const;

const TO_GROUP: Envelope = {
  source: ip('10.0.0.1'),
  destination: GROUP,
  group: GROUP,
  identification: 1,
  ttl: 255,
  checksum: 'pseudo-header',
  sequence: 1,
};
const TO_PEER = { destination: ip('10.0.0.2') };
const TO_GROUP6 = { source: ip('fe80::ff:fe00:a'), destination: GROUP6, group: GROUP6 };

const golden = (
  name: string,
  advert: Partial<Advert>,
  envelope: Partial<Envelope>,
  dump: string,
): Golden => ({
  name,
  advert: { ...OWNER, ...advert },
  envelope: { ...TO_GROUP, ...envelope },
  bytes: hex(dump),
});

export const GOLDEN: readonly Golden[] = [
  golden(
    'version 2, no authentication',
    {},
    {},
    `
      45 c0 0028        # IPv4, tos 0xc0, 40 bytes
      0001 0000         # id 1, no flags
      ff 70 d091        # ttl 255, protocol 112, checksum
      0a000001 e0000012 # 10.0.0.1 to 224.0.0.18
      21 33 ff 01       # version 2 advertisement, VRID 51, priority 255, one address
      00 01 d565        # no authentication, 1 s, checksum
      0a000064          # 10.0.0.100
      0000000000000000  # the authentication bytes are there all the same
    `,
  ),
  golden(
    'version 2, priority 0 as the fourth packet',
    LEAVING,
    { identification: 4 },
    '45c0002800040000ff70d08e0a000001e0000012 213300010001d466 0a000064 0000000000000000',
  ),
  golden(
    'version 2, PASS 1111',
    PASS,
    {},
    '45c0002800010000ff70d0910a000001e0000012 2133ff0101017203 0a000064 3131313100000000',
  ),
  golden(
    'version 2, PASS 1111, priority 0',
    { ...PASS, ...LEAVING },
    { identification: 4 },
    '45c0002800040000ff70d08e0a000001e0000012 2133000101017104 0a000064 3131313100000000',
  ),
  golden(
    'version 2, PASS 1111, to one peer',
    PASS,
    TO_PEER,
    '45c0002800010000ff70a6a20a0000010a000002 2133ff0101017203 0a000064 3131313100000000',
  ),
  golden(
    'version 2, PASS s3cret, two addresses',
    {
      priority: 100,
      addresses: [ip('10.0.0.100'), ip('10.0.0.101')],
      authentication: { type: 'PASS', secret: secretBytes('s3cret') },
    },
    { source: ip('10.0.0.2') },
    '45c0002c00010000ff70d08c0a000002e0000012 21336402010128e6 0a000064 0a000065 7333637265740000',
  ),
  golden(
    'version 2, AH 1111',
    AH,
    {},
    `
      45c0 0040 00010000
      ff33 d0b6                   # protocol 51
      0a000001 e0000012
      70 04 0000                  # next is VRRP, four words and two long
      0a000001 00000001           # the source address for a name, number 1
      80218e997c831235737ea615    # check value
      2133ff01 0201 d365          # authentication type 2
      0a000064 0000000000000000
    `,
  ),
  golden(
    'version 2, AH 1111, priority 0 as the fifth packet',
    { ...AH, ...LEAVING },
    { identification: 5, sequence: 5 },
    `
      45c0004000050000ff33d0b20a000001e0000012 700400000a00000100000005 44f6c4314b0ddd969304bd25
      213300010201d266 0a000064 0000000000000000
    `,
  ),
  golden(
    'version 2, AH 1111, to one peer with a TTL of 64',
    AH,
    { ...TO_PEER, ttl: 64 },
    `
      45c0004000010000403365c80a0000010a000002 700400000a00000100000001 e7fc3c7a1d065ecc6d400f67
      2133ff010201d365 0a000064 0000000000000000
    `,
  ),
  golden(
    'version 2, AH 1111, to another peer under the same numbers',
    AH,
    { destination: ip('10.0.0.3'), ttl: 64 },
    `
      45c0004000010000403365c70a0000010a000003 700400000a00000100000001 30ff12aadd71667e2ce1386b
      2133ff010201d365 0a000064 0000000000000000
    `,
  ),
  golden(
    'version 2 over IPv6, which nobody should ask for',
    { ...V6, version: 2 },
    TO_GROUP6,
    `
      2133ff02 0001 e5bd
      fe800000000000000000000000000051
      fd000000000000000000000000000100 # and no authentication bytes
    `,
  ),
  golden(
    'version 3, every half second',
    { ...V3, interval: seconds(0.5) },
    {},
    `
      45c0 0020 00010000 ff70 d099 0a000001 e0000012
      31 33 ff 01       # version 3 advertisement, VRID 51, priority 255, one address
      0032 daa4         # 50 hundredths of a second, checksum
      0a000064
    `,
  ),
  golden(
    'version 3, to one peer',
    V3,
    TO_PEER,
    '45c0002000010000ff70a6aa0a0000010a000002 3133ff010064b083 0a000064',
  ),
  golden(
    'version 3, to one peer, priority 0',
    { ...V3, ...LEAVING },
    { ...TO_PEER, identification: 3 },
    '45c0002000030000ff70a6a80a0000010a000002 313300010064af84 0a000064',
  ),
  golden(
    'version 3, to one peer, with old_unicast_checksum',
    V3,
    { ...TO_PEER, checksum: 'old-unicast' },
    '45c0002000010000ff70a6aa0a0000010a000002 3133ff010064da72 0a000064',
  ),
  golden(
    'version 3 over IPv6',
    V6,
    TO_GROUP6,
    `
      3133ff02 0064 d55a
      fe800000000000000000000000000051
      fd000000000000000000000000000100
    `,
  ),
  golden(
    'version 3 over IPv6, to one peer',
    V6,
    { source: ip('fd00::1'), destination: ip('fd00::2'), group: GROUP6, ttl: 64 },
    `
      3133ff02 0064 d7f5
      fe800000000000000000000000000051
      fd000000000000000000000000000100
    `,
  ),
];

/** @returns the captured packet as the kernel hands it over, or another one in its place. */
export const received = ({ envelope, bytes }: Golden, instead: Uint8Array = bytes): Received => ({
  bytes: instead,
  source: envelope.source,
  destination: envelope.destination,
  ttl: envelope.ttl,
});

/** @returns what an instance expects that is configured as the sender is. */
export const expecting = ({ advert, envelope }: Golden, other: Partial<Expected> = {}): Expected => ({
  ours: { ...advert, priority: 100 },
  group: envelope.group,
  peers:
    envelope.destination === envelope.group
      ? undefined
      : [{ address: envelope.source, leastTtl: 0, mostTtl: 255 }],
  onlyPeers: false,
  checksum: 'pseudo-header',
  oldUnicast: true,
  sequence: 0,
  ...other,
});

/** @returns the captured packet of that name. */
export function captured(name: string): Golden {
  const found = GOLDEN.find(one => one.name === name);
  if (found === undefined) throw new Error(`no packet "${name}" was captured`);
  return found;
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
