import type { Command } from '../scripts/script.js';

/** A check of the file, defaults filled in; times in milliseconds. Plain data: it crosses processes. */
export type Check = TcpCheck | HttpCheck | SslCheck | SmtpCheck | DnsCheck | UdpCheck | PingCheck | MiscCheck;

/** How often a server is asked, and how long that may take. */
export interface Pace {
  /** For the whole check, from the first packet to the last. */
  readonly timeoutMs: number;
  /** Further tries after a failure before the verdict is DOWN. */
  readonly retry: number;
  readonly delayBeforeRetryMs: number;
  /** From the end of one check to the start of the next; of MISC_CHECK from start to start, as in keepalived. */
  readonly delayLoopMs: number;
  /** The first check starts within this time of the process's start. */
  readonly warmupMs: number;
}

/** What every check has that sends packets. */
export interface CommonCheck extends Pace {
  readonly connectAddress: string;
  readonly connectPort: number;
  readonly bindAddress?: string;
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

/** HTTP_GET over TLS, which looks at no certificate, as in keepalived. */
export interface SslCheck extends Omit<HttpCheck, 'type'> {
  readonly type: 'SSL_GET';
  /** Is the name of the server sent with the handshake? */
  readonly enableSni: boolean;
  /** Which name; null for each url's virtualhost, and none where there is none. */
  readonly sniName: string | null;
  /** Is the end of what we say announced (close_notify)? keepalived just hangs up unless it is told to. */
  readonly tlsCompliant: boolean;
}

export interface SmtpCheck extends CommonCheck {
  readonly type: 'SMTP_CHECK';
  /** What HELO says. */
  readonly heloName: string;
}

export interface DnsCheck extends CommonCheck {
  readonly type: 'DNS_CHECK';
  readonly question: 'A' | 'NS' | 'CNAME' | 'SOA' | 'MX' | 'TXT' | 'AAAA';
  /** The domain; `.` is the root. */
  readonly name: string;
}

export interface UdpCheck extends CommonCheck {
  readonly type: 'UDP_CHECK';
  /** What is sent, in hexadecimal; null for random bytes. */
  readonly payload: string | null;
  /** null: silence is good; else what an answer begins with, in hexadecimal with X for any digit. */
  readonly reply: string | null;
  /** How many bytes an answer has that is asked for. */
  readonly replyLengths: readonly [least: number, most: number];
}

/** The port plays no part. */
export interface PingCheck extends CommonCheck {
  readonly type: 'PING_CHECK';
}

/** A program that ends with 0 when the server is well. */
export interface MiscCheck extends Pace {
  readonly type: 'MISC_CHECK';
  readonly command: Command;
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
