import type { Instant, Millis } from '../lib/units.js';

/** Why a connection gave no answer. The word is the reason shown to the operator. */
export type ConnectFailure =
  | 'connect-timeout'
  | 'connection-refused'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'connection-reset'
  | 'answer-timeout'
  | 'answer-too-long'
  | 'tls-failed'
  | 'connect-error';

export interface ConnectTarget {
  readonly address: string;
  readonly port: number;
  /** Source address, where the operator chose one. */
  readonly bindAddress?: string;
  /** TLS is spoken; no certificate is looked at. */
  readonly tls?: {
    /** The name that is sent with the handshake. */
    readonly serverName?: string;
    /** close_notify is sent before the connection is closed. */
    readonly saysGoodbye: boolean;
  };
}

export type ConnectOutcome =
  | { readonly ok: true; readonly answer: Uint8Array; readonly latency: Millis }
  /** `detail` is the system's code, such as ECONNREFUSED, where there was one. */
  | {
      readonly ok: false;
      readonly reason: ConnectFailure;
      readonly detail?: string;
      readonly latency: Millis;
    };

/** TCP connections with one deadline for everything that happens on them. */
export interface ConnectPort {
  /**
   * Connects; with a `request`, sends it (which may be nothing) and reads until the peer closes, `mostBytes` came or `complete` says so.
   * @param deadline when the whole talk must be over
   */
  talk(
    target: ConnectTarget,
    deadline: Instant,
    request?: {
      readonly bytes: Uint8Array;
      readonly mostBytes: number;
      readonly complete?: (soFar: Uint8Array) => boolean;
      /** What is said next, asked whenever something came. */
      readonly respond?: (soFar: Uint8Array) => Uint8Array | undefined;
    },
  ): Promise<ConnectOutcome>;
}
