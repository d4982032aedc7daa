import type { Instant } from '../lib/units.js';
import type { ConnectOutcome, ConnectTarget } from './connect.js';

/** Questions that are one datagram, and so are their answers. */
export interface DatagramPort {
  /**
   * Sends one UDP datagram and waits for one.
   * @param deadline when the wait ends, with `answer-timeout`
   * @param isAnswer what else comes from that address and port is passed over
   */
  ask(
    target: ConnectTarget,
    deadline: Instant,
    bytes: Uint8Array,
    isAnswer?: (bytes: Uint8Array) => boolean,
  ): Promise<ConnectOutcome>;
}

/** ICMP and ICMPv6 echoes. */
export interface EchoPort {
  /**
   * Sends one echo request and waits for its reply.
   * @param deadline when the wait ends, with `answer-timeout`
   * @param bindAddress where it comes from
   */
  echo(address: string, deadline: Instant, bindAddress?: string): Promise<ConnectOutcome>;
}

/** @returns so many bytes that nobody can guess in a hurry; not for secrets. */
export type Random = (length: number) => Uint8Array;
