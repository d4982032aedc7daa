import { never } from '../lib/never.js';
import { after, millis } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { ScriptEnd, ScriptPort } from '../ports/script.js';
import { isWell, judge, unjudged, type Judgement } from './core/judgement.js';
import type { VrrpScript } from './script.js';

/** How a script is; `unknown` until it has been run for the first time, `missing` where it cannot be. */
export type ScriptStanding = 'well' | 'failed' | 'unknown' | 'missing';

/** Runs one script again and again, and says when it is otherwise than before. */
export class ScriptTracker {
  readonly script: VrrpScript;
  readonly #port: Pick<ScriptPort, 'run'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: (standing: ScriptStanding) => void;
  readonly #alarm: Alarm;
  #judgement: Judgement;
  #isRunning = false;
  #isMissing = false;
  #said: string | undefined;

  /** @param changed told of each other standing */
  constructor(
    script: VrrpScript,
    port: Pick<ScriptPort, 'run'>,
    clock: Clock,
    log: Log,
    changed: (standing: ScriptStanding) => void,
  ) {
    this.script = script;
    this.#port = port;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.#judgement = unjudged(script);
    this.#alarm = clock.alarm(() => this.#due());
  }

  get standing(): ScriptStanding {
    if (!this.#judgement.isKnown) return this.#isMissing ? 'missing' : 'unknown';
    return isWell(this.script, this.#judgement) ? 'well' : 'failed';
  }

  start(): void {
    this.#due();
  }

  /** No further run begins, and one that has begun no longer counts. */
  close(): void {
    this.#alarm.close();
    this.#judgement = unjudged(this.script);
    this.#closed = true;
  }

  #closed = false;

  /** The next run begins an interval after this one, or is left out while this one lasts, as in keepalived. */
  #due(): void {
    this.#alarm.set(after(this.#clock.now(), millis(this.script.intervalMs)));
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#port.run(this.script.command, millis(this.script.timeoutMs)).then(end => this.#ended(end));
  }

  #ended(end: ScriptEnd): void {
    this.#isRunning = false;
    if (this.#closed) return;
    if (end.how === 'refused' && !this.#judgement.isKnown) {
      this.#missing(end.why);
      return;
    }
    const before = this.standing;
    const ranWell = end.how === 'exited' && end.code === 0;
    this.#judgement = judge(this.script, this.#judgement, ranWell);
    const reason = describe(end);
    if (this.standing !== before) {
      this.#log(ranWell ? 'info' : 'warn', ranWell ? 'script is well' : 'script has failed', {
        script: this.script.name,
        reason,
      });
      this.#changed(this.standing);
    } else if (reason !== this.#said && !ranWell) {
      this.#log('debug', 'script ran badly', { script: this.script.name, reason });
    }
    this.#said = reason;
  }

  /** keepalived leaves a script out that it cannot run at its start. Here it counts as soon as it can be run. */
  #missing(why: string): void {
    if (this.#isMissing) return;
    this.#isMissing = true;
    this.#log('error', 'script cannot be run and decides nothing', { script: this.script.name, reason: why });
    this.#changed('missing');
  }
}

/** In words, for logs. */
export function describe(end: ScriptEnd): string {
  switch (end.how) {
    case 'exited':
      return `exit status ${end.code}`;
    case 'killed':
      return `ended by ${end.signal}`;
    case 'late':
      return 'took too long';
    case 'refused':
      return end.why;
    default:
      return never(end);
  }
}
