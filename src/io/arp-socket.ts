import { openPacketSocket } from './native.js';

const ETHERTYPE_ARP = 0x0806;

/**
 * Hears the ARP that others send on an interface.
 * @param heard given each frame, from its Ethernet header on
 * @throws EPERM without CAP_NET_RAW, ENODEV, ENETDOWN
 */
export function openArpSocket(interfaceIndex: number, heard: (frame: Uint8Array) => void): { close(): void } {
  return openPacketSocket({ interfaceIndex, etherType: ETHERTYPE_ARP }, batch => {
    for (const { bytes } of batch) heard(bytes);
  });
}
