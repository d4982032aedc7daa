import { compareIp, type Family, type IpBytes } from '../../lib/address.js';
import { internetChecksum, pseudoHeader } from '../../lib/checksum.js';
import { err, ok, type Result } from '../../lib/result.js';
import { encodeV2, intervalV2, judgeAuthentication } from './advert-v2.js';
import { encodeV3, intervalV3, roundedV3 } from './advert-v3.js';
import {
  addressBytes,
  ADVERT_TTL,
  ADVERTISEMENT,
  HEADER_BYTES,
  messageBytes,
  MOST_ADDRESSES,
  sameAddresses,
  VRRP_PROTOCOL,
  type Advert,
  type ChecksumForm,
  type DropReason,
  type HeardAdvert,
} from './advert.js';
import { AH_BYTES, AH_PROTOCOL, encodeAh, judgeAh, signAh } from './ah.js';
import { decodeIpv4, encodeIpv4 } from './ipv4.js';

/** A frame has at least 46 bytes of payload, so a short advert may come with zeros behind it. */
const LEAST_PAYLOAD = 46;
const CHECKSUM = 6;
const NOTHING = new Uint8Array(0);

/** Where an advert goes, and under which numbers. */
export interface Envelope {
  readonly source: IpBytes;
  readonly destination: IpBytes;
  /** The multicast group of the instance, also where it speaks to peers. */
  readonly group: IpBytes;
  /** Of the IPv4 header, 1 to 0xffff, as the TTL; for IPv6 the kernel makes the header. */
  readonly identification: number;
  readonly ttl: number;
  /** Of version 3 over IPv4. */
  readonly checksum: ChecksumForm;
  /** For AH: see `nextSequence`. */
  readonly sequence: number;
}

/**
 * @returns what the socket takes. IPv4: the packet with its header. IPv6: the message alone, with a checksum of 0
 *   for the kernel to fill in
 * @throws RangeError for what no advert can say
 */
export function encodeAdvert(advert: Advert, envelope: Envelope): Uint8Array {
  const message = advert.version === 2 ? encodeV2(advert) : encodeV3(advert);
  if (advert.family === 'ipv6') return message;
  const { authentication } = advert;
  const { source, destination } = envelope;
  const pseudo =
    advert.version === 2
      ? NOTHING
      : pseudoIpv4(envelope.checksum, source, destination, envelope.group, message);
  writeChecksum(message, pseudo);
  if (authentication.type !== 'AH') return encodeIpv4({ ...envelope, protocol: VRRP_PROTOCOL }, message);
  const signed = new Uint8Array(AH_BYTES + message.length);
  signed.set(encodeAh(source, envelope.sequence));
  signed.set(message, AH_BYTES);
  const packet = encodeIpv4({ ...envelope, protocol: AH_PROTOCOL }, signed);
  const unicast = compareIp(destination, envelope.group) !== 0;
  signAh(packet, packet.length - signed.length, unicast, authentication);
  return packet;
}

/** Writes the checksum of a message that has a 0 there; for IPv6 what the kernel would write. */
export function writeChecksum(message: Uint8Array, pseudo: Uint8Array): void {
  new DataView(message.buffer, message.byteOffset).setUint16(CHECKSUM, internetChecksum(pseudo, message));
}

/**
 * How many addresses an advert can have. keepalived moves those that are too many to the excluded ones.
 * @param mtu of the interface it leaves on, in bytes
 */
export function mostAddresses(
  { version, family, authentication }: Pick<Advert, 'version' | 'family' | 'authentication'>,
  mtu: number,
): number {
  const headers = (family === 'ipv4' ? 20 : 40) + (authentication.type === 'AH' ? AH_BYTES : 0);
  const room = mtu - headers - messageBytes(version, family, 0);
  return Math.max(0, Math.min(MOST_ADDRESSES, Math.floor(room / addressBytes(family))));
}

/** What the kernel says of a packet: `ReceivedPacket` of the ports is one. */
export interface Received {
  /** IPv4: with its IP header. IPv6: the payload alone. */
  readonly bytes: Uint8Array;
  readonly source: IpBytes;
  readonly destination: IpBytes;
  /** TTL or hop limit. */
  readonly ttl: number;
}

/** Somebody to whom adverts are sent, and how far away they may be. */
export interface Peer {
  readonly address: IpBytes;
  readonly leastTtl: number;
  readonly mostTtl: number;
}

/** What an instance expects of the adverts it hears. */
export interface Expected {
  /** What it would say itself; the priority does not matter. */
  readonly ours: Advert;
  readonly group: IpBytes;
  /** Whom it speaks to, or undefined when that is the group. */
  readonly peers: readonly Peer[] | undefined;
  /** `check_unicast_src`: nobody but the peers is heard. */
  readonly onlyPeers: boolean;
  /** Version 3 over IPv4: the form that it sends itself, tried first. */
  readonly checksum: ChecksumForm;
  /** Whether peers may be keepalived 1.3.6 or older: not with `old_unicast_checksum never`. */
  readonly oldUnicast: boolean;
  /** For AH: the highest sequence number of the virtual router so far, 0 at the start. */
  readonly sequence: number;
}

/** @returns the VRID of a received packet, to find the instance that judges the rest; undefined when it has none. */
export function virtualRouterIdOf(bytes: Uint8Array, family: Family): number | undefined {
  const opened = open(bytes, family);
  return typeof opened === 'string' ? undefined : opened.message[1];
}

/**
 * Judges a received packet in keepalived's order of checks (vrrp_check_packet), so that both name the same fault
 * first. Never throws.
 * @param received for the instance of its VRID
 */
export function decodeAdvert(received: Received, expected: Expected): Result<HeardAdvert, DropReason> {
  const { bytes, ttl } = received;
  const { ours, peers } = expected;
  const opened = open(bytes, ours.family);
  if (typeof opened === 'string') return err(opened);
  const { ahAt, totalLength } = opened;
  if ((ahAt !== undefined) !== (ours.authentication.type === 'AH')) return err('auth-type');

  const [first = 0, , priority = 0, count = 0] = opened.message;
  const version = first >> 4;
  const padding = opened.message.length - messageBytes(version, ours.family, count);
  const mayBePadded = ours.family === 'ipv4' && bytes.length <= LEAST_PAYLOAD;
  if (padding < 0 || (padding > 0 && !mayBePadded)) return err('length');
  const message = opened.message.subarray(0, opened.message.length - padding);
  if (peers === undefined && ttl !== ADVERT_TTL) return err('ttl');
  if (version !== ours.version) return err('version');

  const packet = bytes.subarray(0, bytes.length - padding);
  const sequence = ours.version === 2 ? authenticate(packet, message, ahAt, received, expected) : undefined;
  if (typeof sequence === 'string') return err(sequence);
  const interval = ours.version === 2 ? intervalV2(message) : intervalV3(message);
  const sameInterval = interval === (ours.version === 2 ? ours.interval : roundedV3(ours.interval));
  if (ours.version === 2 && !sameInterval) return err('interval');
  if ((first & 0x0f) !== ADVERTISEMENT) return err('type');
  if (totalLength !== undefined && totalLength !== packet.length) return err('ip-length');
  // RFC 9568 §7.1, erratum 8301: with an interval of nothing, a backup would have to take over at once.
  if (interval === 0) return err('interval');
  const checksum = checksumForm(message, received, expected);
  if (checksum === undefined) return err('checksum');
  const stranger = judgePath(received, expected);
  if (stranger !== undefined) return err(stranger);

  const addresses = message.subarray(HEADER_BYTES, HEADER_BYTES + count * addressBytes(ours.family));
  return ok({
    priority,
    interval,
    sameInterval,
    addresses,
    sameAddresses: sameAddresses(addresses, ours.addresses),
    checksum,
    sequence,
  });
}

interface Opened {
  /** From the version field on; with padding, if there is any. */
  readonly message: Uint8Array;
  /** What the IPv4 header claims. */
  readonly totalLength?: number;
  /** Where the authentication header begins, if there is one. */
  readonly ahAt?: number;
}

/** Finds the VRRP message in what a socket has received. */
function open(bytes: Uint8Array, family: Family): Opened | 'truncated' | 'not-vrrp' {
  if (family === 'ipv6') return bytes.length < HEADER_BYTES ? 'truncated' : { message: bytes };
  const ip = decodeIpv4(bytes);
  if (ip === undefined) return 'truncated';
  const { payload, totalLength, headerLength, protocol } = ip;
  const message = protocol === AH_PROTOCOL ? payload.subarray(AH_BYTES) : payload;
  if (message.length < HEADER_BYTES) return 'truncated';
  if ((protocol === AH_PROTOCOL ? payload[0] : protocol) !== VRRP_PROTOCOL) return 'not-vrrp';
  return protocol === AH_PROTOCOL ? { message, totalLength, ahAt: headerLength } : { message, totalLength };
}

/** @returns the sequence number, where the adverts are to have one, or why the sender is not believed. */
function authenticate(
  packet: Uint8Array,
  message: Uint8Array,
  ahAt: number | undefined,
  { source }: Received,
  { ours: { authentication }, peers, sequence }: Expected,
): number | undefined | DropReason {
  const fault = judgeAuthentication(message, authentication);
  if (fault !== undefined || authentication.type !== 'AH' || ahAt === undefined) return fault;
  return judgeAh(packet, ahAt, peers !== undefined, authentication, source, sequence);
}

/** @returns the form in which the checksum is right, or undefined when it is wrong in all that are accepted. */
function checksumForm(
  message: Uint8Array,
  { source, destination }: Received,
  { ours, peers, group, checksum, oldUnicast }: Expected,
): ChecksumForm | 'kernel' | undefined {
  if (ours.family === 'ipv6') return 'kernel';
  if (ours.version === 2) return internetChecksum(message) === 0 ? 'message' : undefined;
  const forms: readonly ChecksumForm[] = [checksum, 'pseudo-header', 'message', 'old-unicast'];
  return forms.find(
    form =>
      (form !== 'old-unicast' || (oldUnicast && peers !== undefined)) &&
      internetChecksum(pseudoIpv4(form, source, destination, group, message), message) === 0,
  );
}

function pseudoIpv4(
  form: ChecksumForm,
  source: IpBytes,
  destination: IpBytes,
  group: IpBytes,
  message: Uint8Array,
): Uint8Array {
  if (form === 'message') return NOTHING;
  return pseudoHeader(source, form === 'old-unicast' ? group : destination, VRRP_PROTOCOL, message.length);
}

/** Judges where a packet comes from and how it was sent. */
function judgePath(
  { source, destination, ttl }: Received,
  { peers, group, onlyPeers }: Expected,
): 'destination' | 'source' | 'ttl' | undefined {
  if (peers === undefined) return compareIp(destination, group) === 0 ? undefined : 'destination';
  if (isMulticast(destination)) return 'destination';
  const peer = peers.find(({ address }) => compareIp(address, source) === 0);
  if (peer === undefined) return onlyPeers ? 'source' : undefined;
  return ttl < peer.leastTtl || ttl > peer.mostTtl ? 'ttl' : undefined;
}

/** Is it an address of a multicast group? */
export const isMulticast = (address: IpBytes): boolean =>
  address.length === 4 ? (address[0] ?? 0) >> 4 === 0xe : address[0] === 0xff;
