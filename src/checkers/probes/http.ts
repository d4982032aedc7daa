import { millis, type Instant } from '../../lib/units.js';
import type { ConnectPort, ConnectTarget } from '../../ports/connect.js';
import type { HttpCheck, HttpUrl, SslCheck } from '../check.js';
import { isComplete, judge, mostBytes, request, type Md5 } from '../judge/http.js';
import { talkFailed, type ProbeResult } from './result.js';
import { target } from './tcp.js';

/**
 * Asks for each url in turn, on a connection of its own, until one fails.
 * @param deadline for all of them together: a slow server cannot make a check longer than the file says, whereas
 *   keepalived gives each read its own time
 */
export async function probeHttp(
  port: ConnectPort,
  check: HttpCheck | SslCheck,
  deadline: Instant,
  md5: Md5,
): Promise<ProbeResult> {
  let latency = millis(0);
  let detail = '';
  for (const url of check.urls) {
    const outcome = await port.talk(targetOf(check, url), deadline, {
      bytes: request(check, url),
      mostBytes: mostBytes(url),
      complete: soFar => isComplete(url, soFar),
    });
    latency = millis(latency + outcome.latency);
    if (!outcome.ok) return talkFailed(outcome.reason, outcome.detail, latency);
    const judged = judge(url, outcome.answer, md5);
    if (!judged.ok) {
      const { reason, detail: what } = judged.error;
      return {
        type: 'failed',
        reason,
        detail: what === undefined ? url.path : `${url.path}: ${what}`,
        latency,
      };
    }
    detail = String(judged.value);
  }
  return { type: 'passed', reason: 'answered', detail, latency };
}

/** The name is that of the url's host where the file gives no other (keepalived: check_ssl.c). */
function targetOf(check: HttpCheck | SslCheck, url: HttpUrl): ConnectTarget {
  if (check.type === 'HTTP_GET') return target(check);
  const serverName = check.enableSni ? (check.sniName ?? url.virtualhost) : null;
  const tls = { saysGoodbye: check.tlsCompliant, ...(serverName === null ? {} : { serverName }) };
  return { ...target(check), tls };
}
