/** A check of the file, defaults filled in; times in milliseconds. Plain data: it crosses processes. */
export type Check = TcpCheck | HttpCheck;

interface CommonCheck {
  readonly connectAddress: string;
  readonly connectPort: number;
  readonly bindAddress?: string;
  /** For the whole check, from the first packet to the last. */
  readonly timeoutMs: number;
  /** Further tries after a failure before the verdict is DOWN. */
  readonly retry: number;
  readonly delayBeforeRetryMs: number;
  /** From the end of one check to the start of the next. */
  readonly delayLoopMs: number;
  /** The first check starts within this time of the process's start. */
  readonly warmupMs: number;
}

export interface TcpCheck extends CommonCheck {
  readonly type: 'TCP_CHECK';
}

export interface HttpCheck extends CommonCheck {
  readonly type: 'HTTP_GET';
  /** 1.0, 1.0C (1.0 with Connection: close) or 1.1. */
  readonly protocol: '1.0' | '1.0C' | '1.1';
  /** All must pass, one after the other. */
  readonly urls: readonly HttpUrl[];
}

export interface HttpUrl {
  readonly path: string;
  /** The Host header; null for ADDRESS:PORT. */
  readonly virtualhost: string | null;
  /** Accepted status codes, as inclusive ranges. */
  readonly statusCodes: readonly (readonly [least: number, most: number])[];
  /** MD5 of the body in lower-case hex; null when any body will do. */
  readonly digest: string | null;
}
