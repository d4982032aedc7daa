import { monotonicNow } from '../io/node-clock.js';
import { startChild, type Child } from '../io/fork.js';
import { wallNow } from '../io/wall.js';
import type { ProcessState } from '../ipc/document.js';
import type { News, ToChild } from '../ipc/messages.js';
import { err, ok, type Result } from '../lib/result.js';
import type { Instant } from '../lib/units.js';
import type { Log } from '../ports/log.js';
import { respawnPause } from './respawn.js';

/** How long a child may take to answer what it is asked. */
const DUMP_MS = 1000;

/** How long a child may take to say what a configuration would change; the table of a large site has to be read. */
const PREPARE_MS = 10_000;
/** How long it may take to change it: a hand-over, or a large table. */
const COMMIT_MS = 10_000;

/** What every child may say in answer to a question; the rest is for whoever knows the child. */
interface Spoken<State, Plan> {
  readonly type: string;
  readonly id?: number;
  readonly state?: State;
  readonly plan?: Plan;
  readonly why?: string;
}

export interface SupervisedOptions<Config, In> {
  readonly name: ProcessState['name'];
  readonly script: string;
  readonly nodeFlags: readonly string[];
  /** Asked at each start, since what a successor is told depends on how far its predecessor came. */
  readonly config: () => Config;
  readonly take: (message: News<In>) => void;
  /** It died without having been told to. It is started again by itself. */
  readonly died: () => void;
  readonly log: Log;
}

/** A child process that is kept alive: started again whenever it dies before it was told to stop. */
export class Supervised<Config, In extends { readonly type: string }, State, Plan, Tell = never> {
  readonly #options: SupervisedOptions<Config, In>;
  readonly #deaths: Instant[] = [];
  readonly #asked = new Map<number, (answer: Spoken<State, Plan> | undefined) => void>();
  #child: Child<In, ToChild<Config> | Tell> | undefined;
  #startedAt: string | null = null;
  #respawns = 0;
  #ready = false;
  #nextId = 1;
  #last: State | undefined;
  #stopped: ((orderly: boolean) => void) | undefined;
  #respawn: NodeJS.Timeout | undefined;

  constructor(options: SupervisedOptions<Config, In>) {
    this.#options = options;
  }

  /** Has it taken its configuration and begun? */
  get ready(): boolean {
    return this.#ready;
  }

  get alive(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    const { name, script, nodeFlags, config, log } = this.#options;
    const child = startChild<In, ToChild<Config> | Tell>(script, name, nodeFlags, {
      message: message => this.#take(message),
      line: text => log('error', 'a process wrote to stderr', { process: name, line: text }),
      exited: (code, signal) => this.#exited(code, signal),
    });
    this.#child = child;
    this.#startedAt = wallNow();
    child.send({ type: 'start', config: config() });
    log('debug', 'process started', { process: name, pid: child.pid });
  }

  /**
   * Tells it to stop, and kills it if it does not.
   * @returns whether it did everything that a stop asks for: not if it was dead, dies, or has to be killed
   */
  async stop(limitMs: number): Promise<boolean> {
    clearTimeout(this.#respawn);
    const child = this.#child;
    if (child === undefined) {
      this.#stopped = () => undefined;
      return false;
    }
    return new Promise<boolean>(resolve => {
      this.#stopped = resolve;
      child.send({ type: 'stop' });
      setTimeout(() => {
        this.#options.log('error', 'process did not stop and is killed', { process: this.#options.name });
        child.kill('SIGKILL');
      }, limitMs).unref();
    });
  }

  /** Tells it something, if it is there; a successor is told by its configuration. */
  tell(message: Tell): void {
    this.#child?.send(message);
  }

  /** @returns its state; the last one known when it does not answer */
  async dump(): Promise<State | undefined> {
    const answer = await this.#ask(id => ({ type: 'dump', id }), DUMP_MS);
    return (this.#last = answer?.state ?? this.#last);
  }

  /** @returns what the configuration would change, or why it cannot be taken */
  async prepare(config: Config): Promise<Result<Plan, string>> {
    const answer = await this.#ask(id => ({ type: 'prepare', id, config }), PREPARE_MS);
    if (answer?.plan !== undefined) return ok(answer.plan);
    return err(answer?.why ?? `the ${this.#options.name} process does not answer`);
  }

  /** Swaps in what was prepared. @returns whether it said that it has */
  async commit(): Promise<boolean> {
    return (await this.#ask(id => ({ type: 'commit', id }), COMMIT_MS))?.type === 'committed';
  }

  /** @returns undefined when there is no answer in time, or nobody who could give one */
  #ask(question: (id: number) => ToChild<Config>, limitMs: number): Promise<Spoken<State, Plan> | undefined> {
    const child = this.#child;
    if (child === undefined || !this.#ready) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise(resolve => {
      const finish = (answer: Spoken<State, Plan> | undefined): void => {
        clearTimeout(giveUp);
        this.#asked.delete(id);
        resolve(answer);
      };
      const giveUp = setTimeout(finish, limitMs, undefined);
      this.#asked.set(id, finish);
      child.send(question(id));
    });
  }

  state(): ProcessState {
    const { name } = this.#options;
    return { name, pid: this.#child?.pid ?? null, startedAt: this.#startedAt, respawns: this.#respawns };
  }

  #take(message: In): void {
    const answer = message as Spoken<State, Plan>;
    if (answer.id !== undefined) {
      this.#asked.get(answer.id)?.(answer);
      return;
    }
    if (answer.type === 'ready') this.#ready = true;
    this.#options.take(message as News<In>);
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const { name, log, died } = this.#options;
    this.#child = undefined;
    this.#ready = false;
    for (const finish of [...this.#asked.values()]) finish(undefined);
    if (this.#stopped !== undefined) {
      this.#stopped(code === 0);
      return;
    }
    const now = monotonicNow();
    this.#deaths.push(now);
    const pause = respawnPause(this.#deaths, now);
    if (this.#deaths.length > 100) this.#deaths.shift();
    this.#respawns++;
    died();
    log('error', 'process died', { process: name, code, signal, respawnInMs: pause });
    if (pause === 0) this.start();
    else this.#respawn = setTimeout(() => this.start(), pause);
  }
}
