import type { Instant } from '../../lib/units.js';
import type { DatagramPort, EchoPort, Random } from '../../ports/datagram.js';
import type { DnsCheck, PingCheck, UdpCheck } from '../check.js';
import { isAnswerTo, judgeDns, question } from '../judge/dns.js';
import { bytesOf, judgeUdp, RANDOM_BYTES } from '../judge/udp.js';
import { judged, talkFailed, type ProbeResult } from './result.js';
import { target } from './tcp.js';

/** Asks one question; the code of the answer must be 0. */
export async function probeDns(
  port: DatagramPort,
  check: DnsCheck,
  deadline: Instant,
  random: Random,
): Promise<ProbeResult> {
  const [high = 0, low = 0] = random(2);
  const id = (high << 8) | low;
  const outcome = await port.ask(target(check), deadline, question(check, id), answer =>
    isAnswerTo(id, answer),
  );
  if (!outcome.ok) return talkFailed(outcome.reason, outcome.detail, outcome.latency);
  return judged(judgeDns(outcome.answer), outcome.latency);
}

/** Sends one datagram. Where no answer is asked for, a server is up that has not refused it in time. */
export async function probeUdp(
  port: DatagramPort,
  check: UdpCheck,
  deadline: Instant,
  random: Random,
): Promise<ProbeResult> {
  const bytes = check.payload === null ? random(RANDOM_BYTES) : bytesOf(check.payload);
  const outcome = await port.ask(target(check), deadline, bytes);
  if (outcome.ok) {
    if (check.reply !== null) return judged(judgeUdp(check, outcome.answer), outcome.latency);
    return { type: 'passed', reason: 'answered', latency: outcome.latency };
  }
  if (outcome.reason === 'answer-timeout' && check.reply === null) {
    return { type: 'passed', reason: 'not-refused', latency: outcome.latency };
  }
  return talkFailed(outcome.reason, outcome.detail, outcome.latency);
}

/** Sends one echo request and waits for its reply. */
export async function probePing(port: EchoPort, check: PingCheck, deadline: Instant): Promise<ProbeResult> {
  const outcome = await port.echo(check.connectAddress, deadline, check.bindAddress);
  return outcome.ok
    ? { type: 'passed', reason: 'answered', latency: outcome.latency }
    : talkFailed(outcome.reason, outcome.detail, outcome.latency);
}
