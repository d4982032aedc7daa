import type { Check } from '../checkers/check.js';
import { endpoint } from '../lib/endpoint.js';

/** A virtual server of the file with its real servers, defaults filled in. Plain data: it crosses processes. */
export interface VirtualServer {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly address: string;
  readonly port: number;
  readonly scheduler: string;
  readonly forwarding: Forwarding;
  /** Seconds; null when connections of one client may go to different servers. */
  readonly persistenceTimeout: number | null;
  readonly quorum: number;
  readonly realServers: readonly RealServer[];
}

export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  /** Weight 0 in place of removal when its checks fail, so that its connections go on. */
  readonly inhibitOnFailure: boolean;
  /** All must pass. Empty: the server is always up. */
  readonly checks: readonly Check[];
}

export type Forwarding = 'DR' | 'NAT' | 'TUN';

/** @returns `tcp 10.0.0.13:80`, which names a service everywhere: log, state, list of what is ours. */
export const serviceName = (s: { protocol: string; address: string; port: number }): string =>
  `${s.protocol} ${endpoint(s.address, s.port)}`;
