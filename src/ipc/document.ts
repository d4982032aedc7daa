/**
 * The state document (docs/state.md): the parts that the children know, and the whole that operators read.
 * Units are in the names; times are ISO 8601 in UTC.
 */
export interface StateDocument {
  readonly version: string;
  readonly hostname: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly config: { readonly file: string; readonly loadedAt: string; readonly sha256: string };
  readonly processes: readonly ProcessState[];
  readonly vrrp: VrrpState;
  readonly ipvs: IpvsState;
}

/** One of the supervisor's children. */
export interface ProcessState {
  readonly name: 'vrrp' | 'checker';
  readonly pid: number | null;
  readonly startedAt: string | null;
  /** How often it was started again after it had died. */
  readonly respawns: number;
}

export interface VrrpState {
  readonly instances: readonly InstanceState[];
  readonly groups: readonly never[];
  /** Adverts that concern no instance here, by reason: `unknown-vrid`, `truncated`. */
  readonly dropped: Readonly<Record<string, number>>;
}

export type ShownRole = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

export interface InstanceState {
  readonly name: string;
  readonly role: ShownRole;
  readonly since: string;
  readonly reason: string;
  readonly interface: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  readonly basePriority: number;
  readonly priority: number;
  readonly advertIntervalMs: number;
  readonly master: { readonly address: string; readonly priority: number } | null;
  readonly addresses: readonly {
    readonly address: string;
    readonly interface: string;
    readonly held: boolean;
  }[];
  readonly counters: {
    readonly advertsSent: number;
    readonly advertsReceived: number;
    readonly becameMaster: number;
    readonly addressesRepaired: number;
    /** Adverts that were obeyed although they name other addresses than ours. */
    readonly addressListsThatDiffer: number;
    /** Received packets that changed nothing, by reason. */
    readonly dropped: Readonly<Record<string, number>>;
    /** Things the kernel refused, by what was tried: advert, announcement, address. */
    readonly refused: Readonly<Record<string, number>>;
  };
}

export interface IpvsState {
  /** Does the kernel's table say what it should, for the services that are ours? */
  readonly inSync: boolean;
  /** When the table was last read; null before the first time. */
  readonly checkedAt: string | null;
  /** What the kernel would not take, as ipvsadm lines; empty when all is well. */
  readonly refused: readonly string[];
  readonly services: readonly ServiceState[];
}

export interface ServiceState {
  /** `tcp 10.0.0.13:80`, `fwmark 7` or `group WEB tcp`. */
  readonly name: string;
  /** Null for a mark; address and port for a group, too. */
  readonly protocol: 'tcp' | 'udp' | 'sctp' | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly scheduler: string;
  readonly forwarding: 'DR' | 'NAT' | 'TUN';
  readonly persistenceTimeout: number | null;
  readonly quorum: { readonly need: number; readonly have: number; readonly up: boolean };
  /** Has the connections while the quorum is lost. */
  readonly sorryServer: { readonly address: string; readonly port: number; readonly inUse: boolean } | null;
  readonly servers: readonly ServerState[];
}

export interface ServerState {
  readonly address: string;
  readonly port: number;
  /** The weight of the file, and the one in the table now; null when the server is not in the table. */
  readonly weight: number;
  readonly effectiveWeight: number | null;
  readonly verdict: 'UP' | 'DOWN' | 'UNKNOWN';
  readonly admin: 'ENABLED';
  readonly checks: readonly CheckState[];
}

export interface CheckState {
  readonly type:
    | 'TCP_CHECK'
    | 'HTTP_GET'
    | 'SSL_GET'
    | 'SMTP_CHECK'
    | 'DNS_CHECK'
    | 'UDP_CHECK'
    | 'PING_CHECK'
    | 'MISC_CHECK';
  readonly verdict: 'UP' | 'DOWN' | 'UNKNOWN';
  readonly reason: string;
  readonly at: string | null;
  readonly latencyMs: number | null;
}
