import { internetChecksum } from '../../lib/checksum.js';

const HEADER_BYTES = 20;
/** Precedence 6, Internetwork Control: what keepalived sends. */
const TOS = 0xc0;

/** What of an IPv4 header is ours to choose. */
export interface Ipv4Header {
  /** 1 to 0xffff; for a 0 the kernel puts one of its own. */
  readonly identification: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/**
 * An IPv4 packet with the header that keepalived builds: no options, no flags, tos 0xc0 (RFC 791 §3.1).
 */
export function encodeIpv4(header: Ipv4Header, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint8(1, TOS);
  view.setUint16(2, packet.length);
  view.setUint16(4, header.identification);
  view.setUint8(8, header.ttl);
  view.setUint8(9, header.protocol);
  packet.set(header.source, 12);
  packet.set(header.destination, 16);
  view.setUint16(10, internetChecksum(packet.subarray(0, HEADER_BYTES)));
  packet.set(payload, HEADER_BYTES);
  return packet;
}

/** The parts of a received IPv4 packet that an advert is judged by. */
export interface Ipv4Packet {
  readonly headerLength: number;
  /** The length its header claims, in bytes. */
  readonly totalLength: number;
  readonly protocol: number;
  /** With the padding behind it, if there is any. */
  readonly payload: Uint8Array;
}

/**
 * Takes a packet apart. What the kernel has verified before a raw socket sees it (the header's checksum, fragments)
 * is not looked at again.
 * @returns undefined when it is too short, or no IPv4
 */
export function decodeIpv4(packet: Uint8Array): Ipv4Packet | undefined {
  const first = packet[0] ?? 0;
  const headerLength = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerLength < HEADER_BYTES || packet.length < headerLength) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return {
    headerLength,
    totalLength: view.getUint16(2),
    protocol: view.getUint8(9),
    payload: packet.subarray(headerLength),
  };
}
