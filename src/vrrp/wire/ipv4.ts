import { internetChecksum } from '../../lib/checksum.js';

/** IP protocol number of VRRP (RFC 3768 §5.2.4). */
export const VRRP_PROTOCOL = 112;

const HEADER_BYTES = 20;
/** Precedence 6, Internetwork Control: what keepalived sends. */
const TOS = 0xc0;
/** RFC 3768 §5.2.3: whoever receives another value knows that the packet was routed. */
export const ADVERT_TTL = 255;

/** What of an IPv4 header is ours to choose. */
export interface Ipv4Header {
  readonly identification: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/**
 * An IPv4 packet that carries `payload` as VRRP, with the header that keepalived builds: no options, no flags,
 * tos 0xc0, TTL 255 (reference: RFC 791 §3.1).
 */
export function encodeIpv4(header: Ipv4Header, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint8(1, TOS);
  view.setUint16(2, packet.length);
  view.setUint16(4, header.identification);
  view.setUint8(8, ADVERT_TTL);
  view.setUint8(9, VRRP_PROTOCOL);
  packet.set(header.source, 12);
  packet.set(header.destination, 16);
  view.setUint16(10, internetChecksum(packet.subarray(0, HEADER_BYTES)));
  packet.set(payload, HEADER_BYTES);
  return packet;
}

/** The parts of a received IPv4 packet that an advert is judged by. */
export interface Ipv4Packet {
  /** The length its header claims, in bytes. */
  readonly totalLength: number;
  readonly payload: Uint8Array;
}

/** @returns the packet taken apart, or undefined when it is too short to be one. Trailing padding stays in the payload. */
export function decodeIpv4(packet: Uint8Array): Ipv4Packet | undefined {
  const headerLength = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet.length < HEADER_BYTES || headerLength < HEADER_BYTES || packet.length < headerLength) {
    return undefined;
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return { totalLength: view.getUint16(2), payload: packet.subarray(headerLength) };
}
