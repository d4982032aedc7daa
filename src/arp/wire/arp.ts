const BROADCAST = new Uint8Array(6).fill(0xff);
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV4 = 0x0800;
const REQUEST = 1;

/** Offsets in an Ethernet frame that carries ARP for IPv4 (RFC 826). */
const SENDER_MAC = 22;
const SENDER_IP = 28;
const TARGET_IP = 38;
const FRAME_BYTES = 42;

/** What a gratuitous ARP says: that the address is to be found at this hardware address. */
export interface Announcement {
  readonly mac: Uint8Array;
  readonly address: Uint8Array;
}

/**
 * @param frame an Ethernet frame, from its header on
 * @returns what it announces, or undefined when it is no gratuitous ARP, request or reply (RFC 5227 §1.1)
 */
export function announcementIn(frame: Uint8Array): Announcement | undefined {
  if (frame.length < FRAME_BYTES) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (
    view.getUint16(12) !== ETHERTYPE_ARP ||
    view.getUint16(16) !== ETHERTYPE_IPV4 ||
    view.getUint8(18) !== 6
  ) {
    return undefined;
  }
  const address = frame.slice(SENDER_IP, SENDER_IP + 4);
  if (!frame.subarray(TARGET_IP, FRAME_BYTES).every((byte, i) => byte === address[i])) return undefined;
  return { mac: frame.slice(SENDER_MAC, SENDER_MAC + 6), address };
}

/**
 * A gratuitous ARP request as keepalived sends it (RFC 5227 §3, RFC 826): sender and target address are the
 * virtual one, the target's hardware address is all ones, and the frame is a broadcast of 42 bytes.
 * @param mac six bytes, where the address is to be found from now on
 * @param address four bytes
 */
export function gratuitousArp(mac: Uint8Array, address: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  const view = new DataView(frame.buffer);
  frame.set(BROADCAST, 0);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_ARP);
  view.setUint16(14, 1); // hardware: Ethernet
  view.setUint16(16, ETHERTYPE_IPV4);
  view.setUint8(18, 6);
  view.setUint8(19, 4);
  view.setUint16(20, REQUEST);
  frame.set(mac, SENDER_MAC);
  frame.set(address, SENDER_IP);
  frame.set(BROADCAST, 32);
  frame.set(address, TARGET_IP);
  return frame;
}
