import { millis } from '../lib/units.js';
import type { Log } from '../ports/log.js';
import type { ScriptPort } from '../ports/script.js';
import type { Command, Notify, NotifyState } from './script.js';
import { describe } from './tracker.js';

/** A program that takes longer is ended, so that those after it have their turn. */
const LIMIT = millis(60_000);

/**
 * Tells programs of role changes. Those of one instance run one after the other, in the order of the changes, which
 * keepalived does not promise; those of different instances run side by side.
 */
export class Notifier {
  readonly #port: Pick<ScriptPort, 'run'>;
  readonly #log: Log;
  readonly #told = new Map<string, NotifyState>();
  readonly #queues = new Map<string, Promise<void>>();
  #all: ReadonlyMap<string, Notify> = new Map();

  constructor(port: Pick<ScriptPort, 'run'>, log: Log) {
    this.#port = port;
    this.#log = log;
  }

  /** From now on these. Roles that have been told are not told again. */
  change(all: readonly Notify[]): void {
    this.#all = new Map(all.map(notify => [notify.instance, notify]));
  }

  /** An instance has another state. @param priority the last argument that programs get */
  tell(instance: string, state: NotifyState, priority: number): void {
    if (this.#told.get(instance) === state) return;
    this.#told.set(instance, state);
    const notify = this.#all.get(instance);
    if (notify === undefined) return;
    const { on, any } = notify;
    this.#add(instance, state, on[state] ?? null);
    const args = ['INSTANCE', instance, state, String(priority)];
    this.#add(instance, state, any === null ? null : { ...any, argv: [...any.argv, ...args] });
  }

  /** @returns when everything that was told so far has ended */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  #add(instance: string, state: NotifyState, command: Command | null): void {
    if (command === null) return;
    const before = this.#queues.get(instance) ?? Promise.resolve();
    const mine = before.then(() => this.#run(instance, state, command));
    this.#queues.set(instance, mine);
  }

  async #run(instance: string, state: NotifyState, command: Command): Promise<void> {
    const end = await this.#port.run(command, LIMIT);
    if (end.how === 'exited' && end.code === 0) return;
    this.#log('warn', 'notify script ran badly', {
      instance,
      state,
      program: command.argv[0] ?? '',
      reason: describe(end),
    });
  }
}
