import type { Check } from '../checkers/check.js';
import { endpoint } from '../lib/endpoint.js';

/** A virtual server of the file with its real servers, defaults filled in. Plain data: it crosses processes. */
export type VirtualServer = Balanced & (AddressService | MarkService | GroupService);

export type Protocol = 'tcp' | 'udp' | 'sctp';
export type Family = 'inet' | 'inet6';

/** What is sent to one address. */
export interface AddressService {
  readonly protocol: Protocol;
  readonly address: string;
  /** 0 for all ports. */
  readonly port: number;
}

/** What has a mark of the firewall. */
export interface MarkService {
  readonly mark: number;
  readonly family: Family;
}

/** Several of these that are served alike: the kernel has a service for each, and the checks are made once. */
export interface GroupService {
  readonly protocol: Protocol;
  readonly group: string;
  readonly members: readonly (Omit<AddressService, 'protocol'> | MarkService)[];
}

/** How the kernel shares out what comes, and among whom. */
interface Balanced {
  readonly scheduler: string;
  /** In ascending order; what they mean is the scheduler's affair. */
  readonly schedulerFlags?: readonly SchedulerFlag[];
  readonly forwarding: Forwarding;
  /** How TUN wraps packets; undefined for ipip. */
  readonly tunnel?: Tunnel;
  /** Seconds; null when connections of one client may go to different servers. */
  readonly persistenceTimeout: number | null;
  /** Which part of its address tells one client from another: a netmask, or a length for IPv6. Undefined for all of it. */
  readonly persistenceGranularity?: string;
  /** What tells one client from another beside its address. */
  readonly persistenceEngine?: string;
  /** Is each packet scheduled for itself? */
  readonly onePacket?: boolean;
  /** Weight that must be alive. */
  readonly quorum: number;
  /** So much more must be alive before the service counts as up again, and so much less before it counts as down. */
  readonly hysteresis?: number;
  /** Has the connections while the quorum is lost. */
  readonly sorryServer?: SorryServer;
  readonly realServers: readonly RealServer[];
}

export type SchedulerFlag = 1 | 2 | 3;

export interface SorryServer {
  readonly address: string;
  readonly port: number;
  /** Where it is another than the service's. */
  readonly method?: Method;
  /** Weight 0 in place of removal when the quorum is back, so that its connections go on. */
  readonly inhibit: boolean;
}

export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  /** Weight 0 in place of removal when its checks fail, so that its connections go on. */
  readonly inhibitOnFailure: boolean;
  /** Where it is another than the service's. */
  readonly method?: Method;
  /** Is it down until its checks have found it up? */
  readonly alpha?: boolean;
  /** All must pass. Empty: the server is always up. */
  readonly checks: readonly Check[];
}

export type Forwarding = 'DR' | 'NAT' | 'TUN';

/** How packets are wrapped on their way to a real server. */
export interface Tunnel {
  readonly type: 'ipip' | 'gue' | 'gre';
  /** Of gue alone. */
  readonly port?: number;
  readonly checksum?: 'nocsum' | 'csum' | 'remcsum';
}

/** How packets reach a real server. */
export interface Method {
  readonly kind: Forwarding;
  /** Of TUN, where something is said of it. */
  readonly tunnel?: Tunnel;
}

/** @returns `tcp 10.0.0.13:80`, `fwmark 7` or `group WEB tcp`, which names a service for people and from one file to the next. */
export function serviceName(service: AddressService | MarkService | GroupService): string {
  if ('address' in service) return `${service.protocol} ${endpoint(service.address, service.port)}`;
  if ('mark' in service) return `fwmark ${service.mark}${service.family === 'inet6' ? ' inet6' : ''}`;
  return `group ${service.group} ${service.protocol}`;
}

export const familyOf = (address: string): Family => (address.includes(':') ? 'inet6' : 'inet');
