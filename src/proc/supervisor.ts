import { hostname } from 'node:os';
import { announceByArping } from '../arp/arping.js';
import type { Model } from '../config/model.js';
import { run } from '../io/run.js';
import { scriptProcesses } from '../io/script-process.js';
import { wallNow } from '../io/wall.js';
import type { IpvsState, ShownRole, StateDocument, VrrpState } from '../ipc/document.js';
import type {
  CheckerConfig,
  FromChecker,
  FromVrrp,
  News,
  TablePlan,
  ToVrrp,
  VrrpConfig,
  VrrpPlan,
} from '../ipc/messages.js';
import { never } from '../lib/never.js';
import { ok, type Result } from '../lib/result.js';
import type { Log } from '../ports/log.js';
import { Notifier } from '../scripts/notifier.js';
import { Heirloom } from './heirloom.js';
import { Scripts } from './scripts.js';
import { ownedList, type Settings } from './settings.js';
import type { Plan } from '../ipc/messages.js';
import { Supervised } from './supervised.js';

/** A hand-over lasts 1.1 s at the most; whatever takes longer is stuck. */
const VRRP_STOP_MS = 4000;
/** The table of a large site has to be taken down in this time. */
const CHECKER_STOP_MS = 15_000;

/** How long programs that are told of the end may take. */
const LAST_WORDS_MS = 1000;

/**
 * V8 in the children. The vrrp process never compiles for speed: what it does is little, and a compiler at work costs
 * 5 MB and is one more thing that may be in the way; and its collector never waits for a thread that has no real-time
 * priority. The checker does so only for what is run very often.
 */
const VRRP_FLAGS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--v8-pool-size=1',
  '--no-opt',
  '--single-threaded-gc',
];
/** Also for whoever measures the process. */
export const CHECKER_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--interrupt-budget=10000000',
];

export interface SupervisorOptions {
  readonly version: string;
  readonly model: Model;
  readonly config: StateDocument['config'];
  readonly settings: Settings;
  readonly log: Log;
  /** The compiled entry point of the children. */
  readonly childScript: string;
  /** This machine lacks something; the agent has to end. */
  readonly missing: () => void;
  /** Both processes have begun; called again whenever one of them has begun anew. */
  readonly begun: () => void;
}

/** Keeps the vrrp and the checker process, and knows what operators want to know of them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #startedAt = wallNow();
  readonly #vrrp: Supervised<VrrpConfig, FromVrrp, VrrpState, VrrpPlan, ToVrrp>;
  readonly #checker: Supervised<CheckerConfig, FromChecker, IpvsState, TablePlan>;
  readonly #heirloom: Heirloom;
  readonly #programs = scriptProcesses();
  readonly #scripts: Scripts;
  readonly #notifier: Notifier;
  #isStopping = false;
  #model: Model;
  #config: StateDocument['config'];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { childScript: script, log, model, config } = options;
    this.#model = model;
    this.#config = config;
    this.#notifier = new Notifier(this.#programs, log);
    this.#scripts = new Scripts(this.#programs, log, (script, standing) =>
      this.#vrrp.tell({ type: 'standing', script, standing }),
    );
    this.#heirloom = new Heirloom(model.instances, log);
    this.#vrrp = new Supervised({
      name: 'vrrp',
      script,
      nodeFlags: VRRP_FLAGS,
      log,
      take: message => this.#takeVrrp(message),
      died: () => this.#heirloom.orphaned(),
      config: () => this.#vrrpConfig(this.#model),
    });
    this.#checker = new Supervised({
      name: 'checker',
      script,
      nodeFlags: CHECKER_FLAGS,
      log,
      take: message => this.#takeChecker(message),
      died: () => undefined, // the kernel's table stays as it is until the next one takes it over
      config: () => this.#checkerConfig(this.#model),
    });
  }

  start(): void {
    this.#scripts.change(this.#model.scripts);
    this.#notifier.change(this.#model.notify);
    this.#vrrp.start();
    this.#checker.start();
  }

  /** Hands over first: while the addresses are here, clients need the table. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#scripts.close();
    if (!(await this.#vrrp.stop(VRRP_STOP_MS))) {
      await this.#heirloom.release('the vrrp process did not let go');
    }
    await Promise.all([this.#checker.stop(CHECKER_STOP_MS), this.#told()]);
  }

  get config(): StateDocument['config'] {
    return this.#config;
  }

  /** What it runs. */
  get model(): Model {
    return this.#model;
  }

  /** @returns what a reload with this model would change, or why it cannot be; nothing has changed yet */
  async prepare(model: Model): Promise<Result<Plan, string>> {
    const [vrrp, table] = await Promise.all([
      this.#vrrp.prepare(this.#vrrpConfig(model)),
      this.#checker.prepare(this.#checkerConfig(model)),
    ]);
    if (!vrrp.ok) return vrrp;
    if (!table.ok) return table;
    return ok({ instances: vrrp.value.instances, table: table.value });
  }

  /**
   * Swaps in the model that was prepared last. From its first line on a process that dies is started again with the
   * new one. The table comes first, so that a new address finds its service.
   * @returns the processes that did not say in time that they are done
   */
  async commit(model: Model, config: StateDocument['config']): Promise<readonly string[]> {
    const names = new Set(model.instances.map(({ name }) => name));
    const gone = this.#model.notify.filter(({ instance }) => !names.has(instance));
    this.#model = model;
    this.#config = config;
    this.#heirloom.change(model.instances);
    this.#scripts.change(model.scripts);
    this.#notifier.change([...model.notify, ...gone]);
    const table = await this.#checker.commit();
    const vrrp = await this.#vrrp.commit();
    return [...(table ? [] : ['checker']), ...(vrrp ? [] : ['vrrp'])];
  }

  /** As in keepalived, programs have a second for the end. */
  async #told(): Promise<void> {
    await Promise.race([
      this.#notifier.settled(),
      new Promise(resolve => setTimeout(resolve, LAST_WORDS_MS).unref()),
    ]);
    this.#programs.stop();
  }

  healthy(): boolean {
    return this.#vrrp.alive && this.#checker.alive;
  }

  ready(): boolean {
    return this.#vrrp.ready && this.#checker.ready;
  }

  async state(): Promise<StateDocument> {
    const [vrrp, ipvs] = await Promise.all([this.#vrrp.dump(), this.#checker.dump()]);
    return {
      version: this.#options.version,
      hostname: hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      config: this.#config,
      processes: [this.#vrrp.state(), this.#checker.state()],
      vrrp: vrrp ?? { instances: [], groups: [], dropped: {} },
      ipvs: ipvs ?? { inSync: false, checkedAt: null, refused: [], services: [] },
    };
  }

  #vrrpConfig(model: Model): VrrpConfig {
    const { announceWith, realtime } = this.#options.settings;
    return {
      instances: model.instances,
      resume: this.#heirloom.progress(),
      scripts: this.#scripts.standings(),
      announceWith,
      realtime,
    };
  }

  #checkerConfig(model: Model): CheckerConfig {
    const { settings } = this.#options;
    return { services: model.services, ownedFile: ownedList(settings), ipvsadm: settings.ipvsadm };
  }

  #takeVrrp(message: News<FromVrrp>): void {
    switch (message.type) {
      case 'log':
        return this.#options.log(message.level, message.sentence, message.fields);
      case 'missing':
        return this.#missing(message.what);
      case 'role':
        this.#heirloom.roleChanged(message.instance, message.to, message.held);
        return this.#notify(message.instance, message.to, message.priority);
      case 'holds':
        return this.#heirloom.holds(message.instance, message.held);
      case 'progress':
        return this.#heirloom.progressed(message.progress);
      case 'ready':
        this.#heirloom.adopted();
        return this.#begun();
      case 'arping':
        return void this.#arping(message.interface, message.addresses, message.repeat);
      default:
        return never(message);
    }
  }

  #takeChecker(message: News<FromChecker>): void {
    switch (message.type) {
      case 'log':
        return this.#options.log(message.level, message.sentence, message.fields);
      case 'missing':
        return this.#missing(message.what);
      case 'ready':
        return this.#begun();
      default:
        return never(message);
    }
  }

  /** An instance that a reload has removed is told as failed, as in keepalived; one that is begun anew is not told. */
  #notify(instance: string, role: ShownRole, priority: number): void {
    if (role !== 'INIT') return this.#notifier.tell(instance, role, priority);
    if (this.#isStopping) return this.#notifier.tell(instance, 'STOP', priority);
    const isGone = !this.#model.instances.some(({ name }) => name === instance);
    if (isGone) this.#notifier.tell(instance, 'FAULT', priority);
  }

  #begun(): void {
    if (this.ready()) this.#options.begun();
  }

  #missing(what: string): void {
    this.#options.log('error', 'this machine lacks something', { what });
    this.#options.missing();
  }

  async #arping(device: string, addresses: readonly string[], repeat: number): Promise<void> {
    for (const { address, words } of await announceByArping(run, device, addresses, repeat)) {
      this.#options.log('warn', 'arping failed', { interface: device, address, words });
    }
  }
}
