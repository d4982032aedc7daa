import type { Family, IpBytes } from '../../lib/address.js';
import type { Millis } from '../../lib/units.js';

/** IP protocol number, or next header, of VRRP (RFC 9568 §5.1.1.4). */
export const VRRP_PROTOCOL = 112;
/** RFC 9568 §5.1.1.3: whoever receives another value from the link's group knows that the packet was routed. */
export const ADVERT_TTL = 255;
/** The only packet type there is (RFC 9568 §5.2.2). */
export const ADVERTISEMENT = 1;
/** What comes before the addresses, in both versions. */
export const HEADER_BYTES = 8;
/** The count of addresses is one byte. */
export const MOST_ADDRESSES = 255;
/** Of VRRPv2 over IPv4 alone (RFC 3768 §5.3.10). It is there, all zero, also where nothing authenticates. */
export const AUTH_BYTES = 8;

/** Gives the 16 bytes of RFC 2104's HMAC with MD5. Digests are not ours to know: io has them. */
export type HmacMd5 = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;

/** How adverts of VRRPv2 over IPv4 prove where they come from. `secret`: eight bytes, see `secretBytes`. */
export type Authentication =
  | { readonly type: 'none' }
  /** In clear text, in the advert. */
  | { readonly type: 'PASS'; readonly secret: Uint8Array }
  /** In an authentication header before it. */
  | { readonly type: 'AH'; readonly secret: Uint8Array; readonly hmacMd5: HmacMd5 };

/** What a router says of itself, and what it wants to hear from the others. */
export interface Advert {
  readonly version: 2 | 3;
  readonly family: Family;
  /** 1 to 255. */
  readonly virtualRouterId: number;
  /** 0: the master leaves; 255: it owns the addresses. */
  readonly priority: number;
  /** Whole seconds to 255 s in version 2; hundredths of a second to 40.95 s in version 3. */
  readonly interval: Millis;
  /** Of `family`, in the order of the file. */
  readonly addresses: readonly IpBytes[];
  readonly authentication: Authentication;
}

/**
 * What a checksum of VRRPv3 over IPv4 covers.
 * - `pseudo-header`: addresses, protocol and length of the IP header, and the message: what RFC 5798 §5.2.8 is
 *   taken for by keepalived and FRR
 * - `message`: the message alone, as RFC 9568 §5.2.8 has it, and Cisco and Juniper before it
 * - `old-unicast`: as the first, but with the multicast group for the destination: keepalived's unicast to 1.3.6
 */
export type ChecksumForm = 'pseudo-header' | 'message' | 'old-unicast';

/** Why a packet changed nothing, in the order in which it is looked for. Each is also the name of a counter. */
export const DROP_REASONS = [
  'truncated',
  'not-vrrp',
  'length',
  'ttl',
  'version',
  'auth-type',
  'auth',
  'spi',
  'replay',
  'interval',
  'type',
  'ip-length',
  'checksum',
  'destination',
  'source',
  'not-listening',
  'own-echo',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** A packet that passed every check. */
export interface HeardAdvert {
  readonly priority: number;
  /** What the sender says, which is ours in version 2. */
  readonly interval: Millis;
  /** In version 3 another interval is no fault: it is the master's that counts (RFC 9568 §6.1). */
  readonly sameInterval: boolean;
  /** One behind the other, 4 or 16 bytes each: a view into the packet. */
  readonly addresses: Uint8Array;
  /** Does the list hold the same addresses as ours, in any order? keepalived 2.3.3 and newer only count it. */
  readonly sameAddresses: boolean;
  /** Which form of checksum was right. `kernel`: it has verified it, as it does for IPv6. */
  readonly checksum: ChecksumForm | 'kernel';
  /** Of the authentication header: the highest of this virtual router from now on. */
  readonly sequence: number | undefined;
}

/** @returns the first eight bytes of the password in UTF-8, padded with zeros: what PASS sends, and AH's key. */
export function secretBytes(password: string): Uint8Array {
  const bytes = new Uint8Array(AUTH_BYTES);
  bytes.set(new TextEncoder().encode(password).subarray(0, AUTH_BYTES));
  return bytes;
}

/** @returns whether both are the same, in a time that does not tell where they begin to differ. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** The bytes of one address of the family. */
export const addressBytes = (family: Family): number => (family === 'ipv4' ? 4 : 16);

/** @returns how long a message is that says it has so many addresses; keepalived's VRRPv2 over IPv6 has no
 * authentication bytes. */
export const messageBytes = (version: number, family: Family, addresses: number): number =>
  HEADER_BYTES + addresses * addressBytes(family) + (version === 2 && family === 'ipv4' ? AUTH_BYTES : 0);

/**
 * The fields that both versions have; the rest of the message is zero.
 * @throws RangeError for what no advert can say, since whoever asks for it has not read its configuration well
 */
export function encodeFixedFields(advert: Advert): Uint8Array {
  const { version, family, virtualRouterId, priority, addresses } = advert;
  const size = addressBytes(family);
  if (addresses.length > MOST_ADDRESSES || addresses.some(a => a.length !== size)) {
    throw new RangeError(`not at most ${MOST_ADDRESSES} addresses of ${family}`);
  }
  if (virtualRouterId < 1 || virtualRouterId > 255 || priority < 0 || priority > 255) {
    throw new RangeError(`virtual router ${virtualRouterId}, priority ${priority}`);
  }
  if (advert.authentication.type !== 'none' && (version !== 2 || family !== 'ipv4')) {
    throw new RangeError('only VRRPv2 over IPv4 has authentication');
  }
  const bytes = new Uint8Array(messageBytes(version, family, addresses.length));
  bytes.set([(version << 4) | ADVERTISEMENT, virtualRouterId, priority, addresses.length]);
  for (const [i, address] of addresses.entries()) bytes.set(address, HEADER_BYTES + i * size);
  return bytes;
}

/** @returns whether `wire`, addresses one behind the other, holds the same as `ours`, in any order. */
export function sameAddresses(wire: Uint8Array, ours: readonly IpBytes[]): boolean {
  const size = ours[0]?.length ?? 0;
  if (wire.length !== ours.length * size) return false;
  // The routers of a pair mostly have one order, and then there is nothing to look up.
  if (ours.every((address, i) => isAt(wire, i * size, address))) return true;
  const theirs = new Set(ours.map((_, i) => String.fromCharCode(...wire.subarray(i * size, (i + 1) * size))));
  return ours.every(address => theirs.has(String.fromCharCode(...address)));
}

const isAt = (wire: Uint8Array, at: number, address: IpBytes): boolean =>
  address.every((byte, i) => wire[at + i] === byte);
