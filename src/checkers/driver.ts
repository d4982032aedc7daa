import { after, millis } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import type { ConnectPort } from '../ports/connect.js';
import type { DatagramPort, EchoPort, Random } from '../ports/datagram.js';
import type { Log } from '../ports/log.js';
import type { ScriptPort } from '../ports/script.js';
import type { Check } from './check.js';
import { nextDelay, observe, UNKNOWN, type Health, type Verdict } from './core/health.js';
import { Agenda, firstAt } from './core/schedule.js';
import type { Md5 } from './judge/http.js';
import { probeDns, probePing, probeUdp } from './probes/datagram.js';
import { probeHttp } from './probes/http.js';
import { probeScript } from './probes/script.js';
import { probeSmtp } from './probes/smtp.js';
import { probeTcp } from './probes/tcp.js';
import type { ProbeResult, Reason } from './probes/result.js';

export interface CheckPorts {
  readonly clock: Clock;
  readonly connect: ConnectPort;
  readonly datagrams: DatagramPort;
  readonly echoes: EchoPort;
  readonly random: Random;
  readonly scripts: ScriptPort;
  readonly md5: Md5;
  readonly log: Log;
  /** The time of day, ISO 8601, for people. */
  readonly wall: () => string;
}

/** What is known of one check, for whoever looks. */
export interface CheckView {
  readonly verdict: Verdict;
  /** Of the last try; `not-checked-yet` before it, `unable` when this machine could not ask. */
  readonly reason: Reason | 'not-checked-yet' | 'unable';
  readonly detail: string | null;
  readonly at: string | null;
  readonly latencyMs: number | null;
}

const NEVER: CheckView = {
  verdict: 'UNKNOWN',
  reason: 'not-checked-yet',
  detail: null,
  at: null,
  latencyMs: null,
};

/** A check, and the name that tells people which it is and spreads its first try. */
export interface NamedCheck {
  readonly name: string;
  readonly check: Check;
}

/** One check as it runs. */
interface Run extends NamedCheck {
  health: Health;
  view: CheckView;
}

/** Told when a check has changed its mind. */
export type OnVerdict = (check: Check, from: Verdict, view: CheckView) => void;

/**
 * Runs the checks: each for itself, its next try counted from the end of the one before. One alarm for all. A check is
 * known by its object.
 */
export class CheckDriver {
  readonly #ports: CheckPorts;
  readonly #runs = new Map<Check, Run>();
  readonly #agenda = new Agenda<Run>();
  readonly #alarm: Alarm;
  readonly #onVerdict: OnVerdict;
  #stopped = false;

  constructor(ports: CheckPorts, onVerdict: OnVerdict) {
    this.#ports = ports;
    this.#onVerdict = onVerdict;
    this.#alarm = ports.clock.alarm(() => this.#ring());
  }

  /**
   * Begins checks, their first tries spread over each one's warmup, and ends others; the rest go on as they are.
   * @param ended the outcome of a try that is under way is not told any more
   */
  change(started: readonly NamedCheck[], ended: readonly NamedCheck[]): void {
    if (this.#stopped) return;
    const now = this.#ports.clock.now();
    for (const { check } of ended) this.#runs.delete(check);
    if (ended.length > 0) this.#agenda.keep(run => this.#runs.get(run.check) === run);
    for (const { name, check } of started) {
      const run = { name, check, health: UNKNOWN, view: NEVER };
      this.#runs.set(check, run);
      this.#agenda.add(run, firstAt(name, check.warmupMs, now));
    }
    this.#arm();
  }

  /** Nothing is tried any more, and the outcome of what is being tried is not told. */
  stop(): void {
    this.#stopped = true;
    this.#agenda.clear();
    this.#alarm.close();
    this.#ports.scripts.stop();
  }

  /** @returns what is known of a check; of one that is not there, what is known before the first try. */
  view(check: Check): CheckView {
    return this.#runs.get(check)?.view ?? NEVER;
  }

  #ring(): void {
    for (const run of this.#agenda.takeDue(this.#ports.clock.now())) {
      void this.#try(run);
    }
    this.#arm();
  }

  #arm(): void {
    const next = this.#agenda.nextAt;
    if (next === undefined) this.#alarm.off();
    else this.#alarm.set(next);
  }

  async #try(run: Run): Promise<void> {
    const started = this.#ports.clock.now();
    const deadline = after(started, millis(run.check.timeoutMs));
    const result = await probe(this.#ports, run.check, deadline);
    if (this.#stopped || this.#runs.get(run.check) !== run) return;
    this.#take(run, result);
    // A program is started each delay_loop, however long it runs; all else waits from its end.
    const from =
      run.check.type === 'MISC_CHECK' && run.health.failures === 0 ? started : this.#ports.clock.now();
    this.#agenda.add(run, after(from, nextDelay(run.check, run.health)));
    this.#arm();
  }

  #take(run: Run, result: ProbeResult): void {
    const at = this.#ports.wall();
    const from = run.health.verdict;
    if (result.type === 'unable') {
      if (run.view.reason !== 'unable') {
        this.#ports.log('warn', 'check could not be made', { check: run.name, reason: result.detail });
      }
      run.view = { verdict: from, reason: 'unable', detail: result.detail, at, latencyMs: null };
      return;
    }
    run.health = observe(run.check, run.health, result.type === 'passed');
    const { reason, detail = null, latency } = result;
    const latencyMs = Math.round(latency * 1000) / 1000;
    run.view = { verdict: run.health.verdict, reason, detail, at, latencyMs };
    if (run.health.verdict !== from) this.#onVerdict(run.check, from, run.view);
  }
}

function probe(ports: CheckPorts, check: Check, deadline: ReturnType<typeof after>): Promise<ProbeResult> {
  switch (check.type) {
    case 'TCP_CHECK':
      return probeTcp(ports.connect, check, deadline);
    case 'HTTP_GET':
    case 'SSL_GET':
      return probeHttp(ports.connect, check, deadline, ports.md5);
    case 'SMTP_CHECK':
      return probeSmtp(ports.connect, check, deadline);
    case 'DNS_CHECK':
      return probeDns(ports.datagrams, check, deadline, ports.random);
    case 'UDP_CHECK':
      return probeUdp(ports.datagrams, check, deadline, ports.random);
    case 'PING_CHECK':
      return probePing(ports.echoes, check, deadline);
    case 'MISC_CHECK':
      return probeScript(ports.scripts, check, ports.clock);
  }
}
