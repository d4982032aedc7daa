import type { ShownProblem } from '../config/show.js';
import type { Model } from '../config/model.js';
import { notify } from '../io/notify-socket.js';
import { monotonicNow } from '../io/node-clock.js';
import { wallNow } from '../io/wall.js';
import type { Plan } from '../ipc/messages.js';
import type { Log } from '../ports/log.js';
import type { Supervisor } from './supervisor.js';

/** A configuration that was read again, and is not in force yet. */
export interface Candidate {
  readonly file: string;
  /** Undefined when it cannot be used. */
  readonly model: Model | undefined;
  readonly sha256: string;
  readonly problems: readonly ShownProblem[];
}

/** What became of a plan or a reload. */
export interface ReloadAnswer {
  readonly file: string;
  /** Can the file be used? After a reload: is it in force? If not, nothing has changed. */
  readonly ok: boolean;
  /** Why not, in a sentence. */
  readonly why: string | null;
  readonly problems: readonly ShownProblem[];
  readonly plan: Plan | null;
}

/**
 * Reloads: the file is read and checked, both processes say what it would change, and only then does anything change.
 * A reload that is asked for during another runs after it, however often it is asked for.
 */
export class Reload {
  readonly #supervisor: Pick<Supervisor, 'prepare' | 'commit'>;
  readonly #read: () => Candidate;
  readonly #log: Log;
  #running: Promise<unknown> | undefined;
  #next: Promise<ReloadAnswer> | undefined;

  /** @param read reads the agent's file */
  constructor(supervisor: Pick<Supervisor, 'prepare' | 'commit'>, read: () => Candidate, log: Log) {
    this.#supervisor = supervisor;
    this.#read = read;
    this.#log = log;
  }

  /** @param by who asked, for the log */
  reload(by: string): Promise<ReloadAnswer> {
    if (this.#running === undefined) return this.#afterOthers(() => this.#reload(by));
    this.#next ??= this.#afterOthers(() => {
      this.#next = undefined;
      return this.#reload(by);
    });
    return this.#next;
  }

  /** Changes nothing. @param candidate what to plan for; without one, the agent's own file as it is now */
  plan(candidate?: Candidate): Promise<ReloadAnswer> {
    return this.#afterOthers(() => this.#plan(candidate ?? this.#read()));
  }

  /** One after the other: what a child has prepared is what it will be told to commit. */
  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#running === undefined ? work() : this.#running.then(work);
    const running = mine.catch(() => undefined);
    this.#running = running;
    void running.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return mine;
  }

  async #reload(by: string): Promise<ReloadAnswer> {
    const since = monotonicNow();
    notify(`RELOADING=1\nMONOTONIC_USEC=${Math.round(since * 1000)}`);
    const candidate = this.#read();
    const answer = await this.#plan(candidate);
    if (answer.ok && candidate.model !== undefined) {
      await this.#commit(candidate, candidate.model);
    }
    this.#say(answer, by, monotonicNow() - since);
    notify(
      `READY=1\nSTATUS=${answer.ok ? `runs ${answer.file}` : `keeps its configuration: ${answer.why ?? ''}`}`,
    );
    return answer;
  }

  async #plan({ file, model, problems }: Candidate): Promise<ReloadAnswer> {
    if (model === undefined) {
      return { file, ok: false, why: 'the file cannot be used', problems, plan: null };
    }
    const prepared = await this.#supervisor.prepare(model);
    return prepared.ok
      ? { file, ok: true, why: null, problems, plan: prepared.value }
      : { file, ok: false, why: prepared.error, problems, plan: null };
  }

  async #commit({ file, sha256 }: Candidate, model: Model): Promise<void> {
    const late = await this.#supervisor.commit(model, { file, sha256, loadedAt: wallNow() });
    for (const process of late) this.#log('warn', 'a process is not done with the reload yet', { process });
  }

  #say({ file, ok, why, problems, plan }: ReloadAnswer, by: string, tookMs: number): void {
    const first = problems.find(p => p.severity === 'error');
    if (!ok || plan === null) {
      this.#log('error', 'configuration refused, nothing has changed', {
        file,
        by,
        why: why ?? '',
        errors: problems.filter(p => p.severity === 'error').length,
        ...(first === undefined
          ? {}
          : { first: `${first.file}:${first.line}:${first.column}: ${first.message}` }),
      });
      return;
    }
    for (const { severity, message, ...at } of problems) {
      if (severity === 'warning') {
        this.#log('warn', 'configuration warning', { at: `${at.file}:${at.line}:${at.column}`, message });
      }
    }
    const fates = plan.instances.filter(i => i.fate !== 'kept');
    this.#log('info', 'configuration reloaded', {
      file,
      by,
      instances: fates.map(i => `${i.name} ${i.fate}`).join(', ') || 'as before',
      tableLines: plan.table.lines.length,
      checksStarted: plan.table.checksStarted.length,
      checksEnded: plan.table.checksEnded.length,
      tookMs: Math.round(tookMs),
    });
  }
}
