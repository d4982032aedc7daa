import { compareIp, type IpBytes } from '../../lib/address.js';
import { sameSecret, VRRP_PROTOCOL, type Authentication } from './advert.js';

/*
 * The authentication header (RFC 2402 §2) as keepalived uses it, with HMAC-MD5-96 (RFC 2403):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |  next header  |    length     |           reserved            |
 *   |          security parameters index: the source address        |
 *   |                        sequence number                        |
 *   |                   integrity check value, 12 bytes             |
 */

/** IP protocol number of the authentication header. */
export const AH_PROTOCOL = 51;
export const AH_BYTES = 24;

const SPI = 4;
const SEQUENCE = 8;
const ICV = 12;
const ICV_BYTES = 12;
/** In words of 32 bits, less two. */
const LENGTH = AH_BYTES / 4 - 2;
const LAST_SEQUENCE = 0xffffffff;

/** Offsets in the IPv4 header of what may change on the way, and so is taken for zero (RFC 2402 §3.3.3.1.1.1). */
const MUTABLE = { tos: 1, flags: 6, ttl: 8, checksum: 10 } as const;

type AhSecret = Extract<Authentication, { readonly type: 'AH' }>;

/** @returns the header, not signed yet. @param sequence 1 to 2³²−1 */
export function encodeAh(source: IpBytes, sequence: number): Uint8Array {
  const header = new Uint8Array(AH_BYTES);
  header.set([VRRP_PROTOCOL, LENGTH]);
  header.set(source, SPI);
  new DataView(header.buffer).setUint32(SEQUENCE, sequence);
  return header;
}

/**
 * Writes the check value into an IPv4 packet.
 * @param at where in the packet the authentication header begins
 * @param unicast as for `judgeAh`
 */
export function signAh(packet: Uint8Array, at: number, unicast: boolean, secret: AhSecret): void {
  packet.set(icvOf(packet, at, unicast, secret), at + ICV);
}

/**
 * Judges an authentication header in keepalived's order: first whether the packet is genuine, for until then nothing
 * in it is to be believed.
 * @param packet IPv4, without padding
 * @param at where in the packet the header begins
 * @param unicast the TTL counts where it must be 255, and is taken for zero where it may be another (keepalived)
 * @param highest the highest sequence number of the virtual router so far
 * @returns its sequence number, or why it is not believed
 */
export function judgeAh(
  packet: Uint8Array,
  at: number,
  unicast: boolean,
  secret: AhSecret,
  source: IpBytes,
  highest: number,
): number | 'auth' | 'spi' | 'replay' {
  const header = packet.subarray(at, at + AH_BYTES);
  if (!sameSecret(header.subarray(ICV), icvOf(packet, at, unicast, secret))) return 'auth';
  if (compareIp(header.subarray(SPI, SEQUENCE), source) !== 0) return 'spi';
  return admit(highest, new DataView(header.buffer, header.byteOffset).getUint32(SEQUENCE));
}

/**
 * The window against replayed packets, as a fold: the state is the highest sequence number that any master of the
 * virtual router has used, 0 at the start. Masters go on counting where the one before them stood (keepalived), so
 * that all of them share one state. RFC 2402 §3.4.3 would let the last 64 numbers come in any order; on one link
 * adverts do not overtake each other, and one that somebody has held back is the very thing to be refused.
 * @returns the next state, or that the number was used before
 */
export const admit = (highest: number, sequence: number): number | 'replay' =>
  sequence > highest ? sequence : 'replay';

/** @returns the number to send under. At one advert a second the last is used for the first time after 136 years. */
export const nextSequence = (highest: number): number => Math.min(highest + 1, LAST_SEQUENCE);

function icvOf(packet: Uint8Array, at: number, unicast: boolean, { secret, hmacMd5 }: AhSecret): Uint8Array {
  const bytes = Uint8Array.from(packet);
  bytes[MUTABLE.tos] = 0;
  bytes.fill(0, MUTABLE.flags, MUTABLE.flags + 2);
  bytes.fill(0, MUTABLE.checksum, MUTABLE.checksum + 2);
  if (unicast) bytes[MUTABLE.ttl] = 0;
  bytes.fill(0, at + ICV, at + ICV + ICV_BYTES);
  return hmacMd5(secret, bytes).subarray(0, ICV_BYTES);
}
