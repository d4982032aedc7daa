const BROADCAST = new Uint8Array(6).fill(0xff);
const NO_ADDRESS = new Uint8Array(4);
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERNET = 1;
const REQUEST = 1;
const REPLY = 2;

/** Offsets in an Ethernet frame that carries ARP for IPv4 (RFC 826). */
const OPERATION = 20;
const SENDER_MAC = 22;
const SENDER_IP = 28;
const TARGET_MAC = 32;
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
  const operation = operationOf(frame);
  if (operation !== REQUEST && operation !== REPLY) return undefined;
  const { mac, address } = senderOf(frame);
  if (!frame.subarray(TARGET_IP, FRAME_BYTES).every((byte, i) => byte === address[i])) return undefined;
  return { mac, address };
}

/**
 * @param frame an Ethernet frame, from its header on
 * @returns who answers for which address, or undefined when it is no ARP reply
 */
export const arpAnswerIn = (frame: Uint8Array): Announcement | undefined =>
  operationOf(frame) === REPLY ? senderOf(frame) : undefined;

/**
 * A gratuitous ARP request as keepalived sends it (RFC 5227 §3, RFC 826): sender and target address are the
 * virtual one, the target's hardware address is all ones, and the frame is a broadcast of 42 bytes.
 * @param mac six bytes, where the address is to be found from now on
 * @param address four bytes
 */
export const gratuitousArp = (mac: Uint8Array, address: Uint8Array): Uint8Array =>
  arpRequest(mac, address, address, BROADCAST);

/**
 * Asks all on the link who has the address. Without an address of our own it is a probe (RFC 5227 §2.1.1), which
 * leaves no trace in anybody's cache; a host answers both.
 * @param mac our own, six bytes
 * @param address four bytes
 * @param sender our own address
 */
export const arpProbe = (mac: Uint8Array, address: Uint8Array, sender: Uint8Array = NO_ADDRESS): Uint8Array =>
  arpRequest(mac, sender, address, new Uint8Array(6));

function arpRequest(
  mac: Uint8Array,
  sender: Uint8Array,
  target: Uint8Array,
  targetMac: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  const view = new DataView(frame.buffer);
  frame.set(BROADCAST, 0);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_ARP);
  view.setUint16(14, ETHERNET);
  view.setUint16(16, ETHERTYPE_IPV4);
  view.setUint8(18, mac.length);
  view.setUint8(19, target.length);
  view.setUint16(OPERATION, REQUEST);
  frame.set(mac, SENDER_MAC);
  frame.set(sender, SENDER_IP);
  frame.set(targetMac, TARGET_MAC);
  frame.set(target, TARGET_IP);
  return frame;
}

/** @returns the ARP operation, or undefined when the frame is no ARP for IPv4 on Ethernet */
function operationOf(frame: Uint8Array): number | undefined {
  if (frame.length < FRAME_BYTES) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const known =
    view.getUint16(12) === ETHERTYPE_ARP &&
    view.getUint16(14) === ETHERNET &&
    view.getUint16(16) === ETHERTYPE_IPV4 &&
    view.getUint16(18) === 0x0604; // the lengths of a hardware address and of an address
  return known ? view.getUint16(OPERATION) : undefined;
}

const senderOf = (frame: Uint8Array): Announcement => ({
  mac: frame.slice(SENDER_MAC, SENDER_IP),
  address: frame.slice(SENDER_IP, TARGET_MAC),
});
