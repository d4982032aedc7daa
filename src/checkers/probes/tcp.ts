import type { Instant } from '../../lib/units.js';
import type { ConnectPort, ConnectTarget } from '../../ports/connect.js';
import type { CommonCheck, TcpCheck } from '../check.js';
import { talkFailed, type ProbeResult } from './result.js';

/**
 * Connects and closes: a server that takes the connection in time is up (keepalived: check_tcp.c).
 * @param deadline when the check must be over
 */
export async function probeTcp(port: ConnectPort, check: TcpCheck, deadline: Instant): Promise<ProbeResult> {
  const outcome = await port.talk(target(check), deadline);
  return outcome.ok
    ? { type: 'passed', reason: 'connected', latency: outcome.latency }
    : talkFailed(outcome.reason, outcome.detail, outcome.latency);
}

/** @returns whom a check speaks to, and from where. */
export const target = (check: CommonCheck): ConnectTarget => ({
  address: check.connectAddress,
  port: check.connectPort,
  ...(check.bindAddress === undefined ? {} : { bindAddress: check.bindAddress }),
});
