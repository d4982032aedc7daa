import type { Instant } from '../lib/units.js';

/** An IP packet as the kernel handed it over. */
export interface ReceivedPacket {
  /** IPv4: with its IP header. IPv6: the payload alone. */
  readonly bytes: Uint8Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** TTL or hop limit, as received. */
  readonly ttl: number;
  readonly interfaceIndex: number;
  /** When the kernel took it from the wire, on the monotonic clock. */
  readonly receivedAt: Instant;
}

/** Sends and receives the adverts of one interface. */
export interface AdvertPort {
  /**
   * Sends one IPv4 packet, IP header and all, to `destination`.
   * @returns nothing when it left, or the system's error code, such as ENETUNREACH
   */
  send(packet: Uint8Array, destination: Uint8Array): string | undefined;
  /** Reads what the kernel has queued, now, so that a deadline is judged with everything heard. */
  drain(): void;
  close(): void;
}

/** Sends whole Ethernet frames on one interface. */
export interface FramePort {
  /** @returns nothing when it left, or the system's error code */
  send(frame: Uint8Array): string | undefined;
  /**
   * Sends a burst, in order, in as few system calls as can be.
   * @returns nothing when all of it left, or the system's code of the error that stopped it
   */
  sendAll(frames: readonly Uint8Array[]): string | undefined;
  close(): void;
}
