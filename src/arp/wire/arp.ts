const BROADCAST = new Uint8Array(6).fill(0xff);
const ETHERTYPE_ARP = 0x0806;
const REQUEST = 1;

/**
 * A gratuitous ARP request as keepalived sends it (RFC 5227 §3, RFC 826): sender and target address are the
 * virtual one, the target's hardware address is all ones, and the frame is a broadcast of 42 bytes.
 * @param mac six bytes, where the address is to be found from now on
 * @param address four bytes
 */
export function gratuitousArp(mac: Uint8Array, address: Uint8Array): Uint8Array {
  const frame = new Uint8Array(42);
  const view = new DataView(frame.buffer);
  frame.set(BROADCAST, 0);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_ARP);
  view.setUint16(14, 1); // hardware: Ethernet
  view.setUint16(16, 0x0800); // protocol: IPv4
  view.setUint8(18, 6);
  view.setUint8(19, 4);
  view.setUint16(20, REQUEST);
  frame.set(mac, 22);
  frame.set(address, 28);
  frame.set(BROADCAST, 32);
  frame.set(address, 38);
  return frame;
}
