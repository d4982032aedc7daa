import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { IpvsState } from '../../src/ipc/document.js';
import type { CheckerConfig, FromChecker, TablePlan, ToChild } from '../../src/ipc/messages.js';
import { CHECKER_FLAGS } from '../../src/proc/supervisor.js';
import { eventually } from './daemon.js';
import type { Host } from './host.js';

const CHILD = fileURLToPath(new URL('../../src/bin/child.js', import.meta.url));

type Of<Type extends FromChecker['type']> = Extract<FromChecker, { type: Type }>;

/** A checker process as the supervisor starts it, with the test in the supervisor's place. */
export class CheckerProcess {
  /** Everything that it said, but for answers that were awaited. */
  readonly messages: FromChecker[] = [];
  readonly #child: ChildProcess;
  #exited: number | NodeJS.Signals | undefined;
  #id = 0;

  /** @param host where it runs; here, if there is none */
  constructor(config: CheckerConfig, host?: Host) {
    const [program = '', ...args] = [
      ...(host?.inside([process.execPath]) ?? [process.execPath]),
      ...CHECKER_FLAGS,
    ];
    this.#child = fork(CHILD, ['checker'], { execPath: program, execArgv: args });
    this.#child.on('message', message => this.messages.push(message as FromChecker));
    this.#child.on('exit', (code, signal) => (this.#exited = code ?? signal ?? undefined));
    this.#tell({ type: 'start', config });
  }

  ready(within = 8000): Promise<unknown> {
    return this.#until('ready', () => this.messages.some(m => m.type === 'ready'), within);
  }

  /** Waits until it has said something so often. */
  heard(sentence: string, times: number, within = 8000): Promise<unknown> {
    const count = (): number => this.messages.filter(m => m.type === 'log' && m.sentence === sentence).length;
    return this.#until(`"${sentence}" ${times} times`, () => count() === times, within);
  }

  /**
   * @param field what one of the sentence's fields has to say
   * @returns when it says something the next time, as `performance.now()`
   */
  next(sentence: string, field?: string): Promise<number> {
    return this.#hear(`"${sentence}"`, message =>
      message.type === 'log' &&
      message.sentence === sentence &&
      (field === undefined || Object.values(message.fields).includes(field))
        ? performance.now()
        : undefined,
    );
  }

  async dump(): Promise<IpvsState> {
    return (await this.#ask<Of<'dump'>>(id => ({ type: 'dump', id }))).state;
  }

  async prepare(config: CheckerConfig): Promise<TablePlan> {
    const answer = await this.#ask<Of<'prepared' | 'refused'>>(id => ({ type: 'prepare', id, config }));
    if (answer.type === 'refused') throw new Error(`the checker process refused: ${answer.why}`);
    return answer.plan;
  }

  async commit(): Promise<void> {
    const answer = await this.#ask<Of<'committed' | 'refused'>>(id => ({ type: 'commit', id }));
    if (answer.type === 'refused') throw new Error(`the checker process refused: ${answer.why}`);
  }

  /** @returns what it planned before it did it */
  async reload(config: CheckerConfig): Promise<TablePlan> {
    const plan = await this.prepare(config);
    await this.commit();
    return plan;
  }

  async stop(): Promise<void> {
    this.#tell({ type: 'stop' });
    await this.#until('its end', () => this.#exited === 0, 20_000);
  }

  async crash(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#until('its death', () => this.#exited === 'SIGKILL');
  }

  /** The supervisor is gone. */
  async abandon(): Promise<void> {
    this.#child.disconnect();
    await this.#until('its end', () => this.#exited === 0);
  }

  #tell(message: ToChild<CheckerConfig>): void {
    this.#child.send(message);
  }

  #ask<Answer extends FromChecker>(question: (id: number) => ToChild<CheckerConfig>): Promise<Answer> {
    const id = ++this.#id;
    const answer = this.#hear('an answer', message =>
      'id' in message && message.id === id ? (message as Answer) : undefined,
    );
    this.#tell(question(id));
    return answer;
  }

  /** Waits for a message, and has it as soon as it comes, so that it can be timed. */
  #hear<T>(what: string, take: (message: FromChecker) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const hear = (message: unknown): void => {
        const taken = take(message as FromChecker);
        if (taken === undefined) return;
        end();
        resolve(taken);
      };
      const limit = setTimeout(() => {
        end();
        reject(new Error(`not within 20 s from the checker process: ${what}`));
      }, 20_000);
      const end = (): void => {
        clearTimeout(limit);
        this.#child.off('message', hear);
      };
      this.#child.on('message', hear);
    });
  }

  #until(what: string, holds: () => boolean, within = 8000): Promise<unknown> {
    return eventually(`${what} of the checker process`, () => Promise.resolve(holds()), {
      within,
      every: 20,
    });
  }
}
