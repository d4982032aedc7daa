import type { FramePort } from '../ports/packets.js';
import { gratuitousArp } from './wire/arp.js';

/**
 * Announces by gratuitous ARP in frames of our own: the first address, the second, …, and again from the first
 * (keepalived: vrrp_send_link_update), all in one burst.
 * @param mac of the interface that `frames` sends on
 * @param addresses four bytes each
 * @returns nothing, or the system's error code
 */
export function announceByFrames(
  frames: FramePort,
  mac: Uint8Array,
  addresses: readonly Uint8Array[],
  rounds: number,
): string | undefined {
  const round = addresses.map(address => gratuitousArp(mac, address));
  return frames.sendAll(Array.from({ length: rounds }, () => round).flat());
}
