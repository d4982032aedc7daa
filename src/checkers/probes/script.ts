import { between, millis } from '../../lib/units.js';
import type { Clock } from '../../ports/clock.js';
import type { ScriptPort } from '../../ports/script.js';
import type { MiscCheck } from '../check.js';
import type { ProbeResult } from './result.js';

/**
 * Runs the program; a server is well where it ends with 0 (keepalived: check_misc.c). A program that cannot be started
 * says nothing of the server.
 */
export async function probeScript(port: ScriptPort, check: MiscCheck, clock: Clock): Promise<ProbeResult> {
  const started = clock.now();
  const end = await port.run(check.command, millis(check.timeoutMs));
  const latency = between(started, clock.now());
  switch (end.how) {
    case 'refused':
      return { type: 'unable', detail: end.why };
    case 'late':
      return { type: 'failed', reason: 'script-timeout', latency };
    case 'killed':
      return { type: 'failed', reason: 'script-killed', detail: end.signal, latency };
    case 'exited':
      return end.code === 0
        ? { type: 'passed', reason: 'script-passed', latency }
        : { type: 'failed', reason: 'script-failed', detail: String(end.code), latency };
  }
}
