import type { Instant } from '../../lib/units.js';
import type { ConnectPort } from '../../ports/connect.js';
import type { SmtpCheck } from '../check.js';
import { isOver, judgeSmtp, MOST_SMTP, replies, words } from '../judge/smtp.js';
import { judged, talkFailed, type ProbeResult } from './result.js';
import { target } from './tcp.js';

/**
 * Waits for the greeting, says HELO and QUIT, each after the reply to what was said before.
 * @param deadline for all of it
 */
export async function probeSmtp(
  port: ConnectPort,
  check: SmtpCheck,
  deadline: Instant,
): Promise<ProbeResult> {
  const toSay = words(check).map(text => new TextEncoder().encode(text));
  let said = 0;
  const outcome = await port.talk(target(check), deadline, {
    bytes: new Uint8Array(),
    mostBytes: MOST_SMTP,
    complete: isOver,
    respond: soFar => (replies(soFar) > said ? toSay[said++] : undefined),
  });
  if (!outcome.ok) return talkFailed(outcome.reason, outcome.detail, outcome.latency);
  const result = judgeSmtp(outcome.answer);
  // Who answers before it is asked is no mail server.
  if (result.ok && said < toSay.length) {
    return { type: 'failed', reason: 'not-smtp', latency: outcome.latency };
  }
  return judged(result, outcome.latency);
}
