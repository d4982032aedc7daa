import { compareIp } from '../../lib/address.js';
import { internetChecksum } from '../../lib/checksum.js';
import { err, ok, type Result } from '../../lib/result.js';
import { inSeconds, type Millis } from '../../lib/units.js';
import { ADVERT_TTL, decodeIpv4 } from './ipv4.js';

/*
 * VRRPv2 over IPv4 (RFC 3768 §5.1, with the authentication of RFC 2338 §5.3.6):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |  2    |  1    | virtual rtr id|   priority    | count of addrs|
 *   |   auth type   |  interval, s  |           checksum            |
 *   |                 address 1 … address n, 4 bytes each           |
 *   |            authentication, 8 bytes, zero when there is none   |
 */
const HEADER_BYTES = 8;
const ADDRESS_BYTES = 4;
const AUTH_BYTES = 8;
/** A frame is at least 60 bytes long, so a short advert may come with zeros behind it. */
const LEAST_PAYLOAD = 46;
const VERSION = 2;
const ADVERTISEMENT = 1;

const AUTH_NONE = 0;
const AUTH_PASS = 1;
const AUTH_AH = 2;

/** What a router says of itself, and what it wants to hear from the others. */
export interface AdvertV2 {
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly interval: Millis;
  /** Four bytes each, in the order of the file. */
  readonly addresses: readonly Uint8Array[];
  /** Eight bytes of clear text, padded with zeros, or none. */
  readonly password: Uint8Array | undefined;
}

/** Why a packet changed nothing, in the order in which it is looked for. Each is also the name of a counter. */
export const DROP_REASONS = [
  'truncated',
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
  'not-listening',
  'own-echo',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** @returns the first eight bytes of the password in UTF-8, padded with zeros: what goes on the wire. */
export function passwordBytes(password: string): Uint8Array {
  const bytes = new Uint8Array(AUTH_BYTES);
  bytes.set(new TextEncoder().encode(password).subarray(0, AUTH_BYTES));
  return bytes;
}

/** @returns the VRRP payload of the advert, checksum included; the IP header is not ours to know. */
export function encodeAdvertV2(advert: AdvertV2): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + advert.addresses.length * ADDRESS_BYTES + AUTH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (VERSION << 4) | ADVERTISEMENT);
  view.setUint8(1, advert.virtualRouterId);
  view.setUint8(2, advert.priority);
  view.setUint8(3, advert.addresses.length);
  view.setUint8(4, advert.password === undefined ? AUTH_NONE : AUTH_PASS);
  view.setUint8(5, inSeconds(advert.interval));
  for (const [i, address] of advert.addresses.entries()) {
    bytes.set(address, HEADER_BYTES + i * ADDRESS_BYTES);
  }
  if (advert.password !== undefined) {
    bytes.set(advert.password, bytes.length - AUTH_BYTES);
  }
  view.setUint16(6, internetChecksum(bytes));
  return bytes;
}

/** The VRID of a received IPv4 packet, to find the instance that judges the rest; undefined when it is too short. */
export const virtualRouterIdOf = (packet: Uint8Array): number | undefined => decodeIpv4(packet)?.payload[1];

/** A packet that passed every check. */
export interface HeardAdvert {
  readonly priority: number;
  /** Does the sender's list hold the same addresses as ours, in any order? keepalived 2.3.3 and newer only count it. */
  readonly sameAddresses: boolean;
}

/**
 * Judges a received IPv4 packet against what we would send ourselves, in keepalived's order of checks
 * (vrrp_check_packet), so that both name the same fault first. Never throws.
 * @param packet with its IP header
 * @param received the TTL and destination the kernel gave
 * @param ours what an advert of this instance looks like
 * @param group where adverts of this instance are sent to
 */
export function decodeAdvertV2(
  packet: Uint8Array,
  received: { readonly ttl: number; readonly destination: Uint8Array },
  ours: AdvertV2,
  group: Uint8Array,
): Result<HeardAdvert, DropReason> {
  const ip = decodeIpv4(packet);
  if (ip === undefined || ip.payload.length < HEADER_BYTES + AUTH_BYTES) return err('truncated');
  const view = new DataView(ip.payload.buffer, ip.payload.byteOffset, ip.payload.byteLength);
  const length = HEADER_BYTES + view.getUint8(3) * ADDRESS_BYTES + AUTH_BYTES;
  if (ip.payload.length < length) return err('length');
  if (ip.payload.length > length && packet.length > LEAST_PAYLOAD) return err('length');
  if (received.ttl !== ADVERT_TTL) return err('ttl');
  if (view.getUint8(0) >> 4 !== VERSION) return err('version');
  const auth = judgeAuthentication(ip.payload.subarray(0, length), ours.password);
  if (auth !== undefined) return err(auth);
  if (view.getUint8(5) !== inSeconds(ours.interval)) return err('interval');
  if ((view.getUint8(0) & 0x0f) !== ADVERTISEMENT) return err('type');
  if (ip.totalLength !== packet.length - (ip.payload.length - length)) return err('ip-length');
  if (internetChecksum(ip.payload.subarray(0, length)) !== 0) return err('checksum');
  if (compareIp(received.destination, group) !== 0) return err('destination');
  const addresses = ip.payload.subarray(HEADER_BYTES, length - AUTH_BYTES);
  return ok({ priority: view.getUint8(2), sameAddresses: sameList(addresses, ours.addresses) });
}

function judgeAuthentication(
  advert: Uint8Array,
  password: Uint8Array | undefined,
): 'auth-type' | 'auth' | undefined {
  const type = advert[4] ?? AUTH_NONE;
  if (type > AUTH_AH || type !== (password === undefined ? AUTH_NONE : AUTH_PASS)) return 'auth-type';
  if (password === undefined) return undefined;
  return compareIp(advert.subarray(advert.length - AUTH_BYTES), password) === 0 ? undefined : 'auth';
}

function sameList(wire: Uint8Array, ours: readonly Uint8Array[]): boolean {
  const count = wire.length / ADDRESS_BYTES;
  const theirs = Array.from({ length: count }, (_, i) =>
    wire.subarray(i * ADDRESS_BYTES, (i + 1) * ADDRESS_BYTES),
  );
  return count === ours.length && ours.every(address => theirs.some(t => compareIp(t, address) === 0));
}
