import type { Result } from '../../lib/result.js';
import type { Millis } from '../../lib/units.js';
import type { ConnectFailure } from '../../ports/connect.js';
import type { DnsFailure } from '../judge/dns.js';
import type { HttpFailure } from '../judge/http.js';
import type { SmtpFailure } from '../judge/smtp.js';
import type { UdpFailure } from '../judge/udp.js';

/** Why a check passed or failed: a closed list; the same word is in the log and in the state document. */
export type Reason =
  | 'connected'
  | 'answered'
  | 'not-refused'
  | 'script-passed'
  | 'script-failed'
  | 'script-killed'
  | 'script-timeout'
  | ConnectFailure
  | HttpFailure
  | SmtpFailure
  | DnsFailure
  | UdpFailure;

/**
 * How one try ended. `unable`: not the server's fault, since this machine could not even ask, for want of a
 * descriptor, a port or the source address; it says nothing of the server (keepalived tries again later, check_tcp.c).
 */
export type ProbeResult =
  | {
      readonly type: 'passed' | 'failed';
      readonly reason: Reason;
      readonly detail?: string;
      readonly latency: Millis;
    }
  | { readonly type: 'unable'; readonly detail: string };

/** System errors of this machine's own making. */
const OURS = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EAFNOSUPPORT',
  'EINVAL',
]);

/** @returns what a talk that failed says of the server. */
export function talkFailed(reason: ConnectFailure, detail: string | undefined, latency: Millis): ProbeResult {
  if (detail !== undefined && OURS.has(detail)) return { type: 'unable', detail };
  return { type: 'failed', reason, latency, ...(detail === undefined ? {} : { detail }) };
}

/** @returns what a whole answer says of the server */
export function judged(
  result: Result<void, { readonly reason: Reason; readonly detail?: string }>,
  latency: Millis,
): ProbeResult {
  return result.ok
    ? { type: 'passed', reason: 'answered', latency }
    : { type: 'failed', ...result.error, latency };
}
