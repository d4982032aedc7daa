import type { Instant } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import { IpvsUnavailable, type IpvsPort } from '../ports/ipvs.js';
import type { Log } from '../ports/log.js';
import type { OwnedPort } from '../ports/owned.js';
import type { IpvsOp } from './core/diff.js';
import { parseSave, toLine } from './core/ipvsadm.js';
import { mayTry, remember, type Refusals } from './core/refusals.js';
import { found, isRepair } from './core/repair.js';
import type { IpvsTable, ServiceKey } from './core/table.js';
import { IDLE, pace, PACE, type PacerEvent, type PacerState, type PassKind } from './pacer.js';
import { reconcile, type Pass } from './reconciler.js';

/** How many lines a log entry names, and how many entries of a kind one pass writes; the rest is a number. */
const MOST_SAID = 12;

export interface KeeperPorts {
  readonly ipvs: IpvsPort;
  readonly owned: OwnedPort;
  readonly clock: Clock;
  readonly log: Log;
  /** The time of day, for people. */
  readonly wall: () => string;
}

/**
 * Keeps the kernel's table as it is wanted: a pass whenever something has changed, and one that begins with a look at
 * the whole table every few seconds anyway.
 *
 * It holds what no pass can know by itself: which services are ours, what the kernel refused before, and what it had
 * when last all was well.
 */
export class TableKeeper {
  readonly #ports: KeeperPorts;
  readonly #alarm: Alarm;
  #pacer: PacerState = IDLE;
  #desired: () => IpvsTable = () => new Map();
  #owned: ReadonlySet<ServiceKey>;
  #unwritten: string | undefined;
  #refusals: Refusals = new Map();
  #settled: IpvsTable | undefined;
  #observed: IpvsTable = new Map();
  #saved: { readonly text: string; readonly table: IpvsTable } = { text: '', table: new Map() };
  #missing = 0;
  #trouble: string | undefined;
  #checkedAt: string | null = null;
  #running: Promise<void> = Promise.resolve();
  #breakOff = new AbortController();
  #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
    this.#owned = new Set(ports.owned.read().map(key => key as ServiceKey));
    this.#alarm = ports.clock.alarm(() => this.#feed('tick'));
  }

  /** @returns the services that the kernel may still have because of an earlier life. */
  get owned(): ReadonlySet<ServiceKey> {
    return this.#owned;
  }

  /** @returns the kernel's table as it was last seen; empty before the first look. */
  get observed(): IpvsTable {
    return this.#observed;
  }

  /** @returns the same, where it is looked at again and again and the last look went well. */
  get known(): IpvsTable | undefined {
    return this.#pacer.lookedAt === null ? undefined : this.#observed;
  }

  /** @returns whether everything that is ours was as it should be at the last look. */
  get inSync(): boolean {
    return this.#checkedAt !== null && this.#missing === 0 && this.#trouble === undefined;
  }

  /** @returns when the table was last read, ISO 8601 in UTC; null before the first time. */
  get checkedAt(): string | null {
    return this.#checkedAt;
  }

  /** @returns what the kernel would not take, as ipvsadm lines with what was said of each. */
  get refused(): readonly string[] {
    return [...this.#refusals].map(([line, { words }]) => `${line} (${words})`);
  }

  /**
   * A look that nothing follows from.
   * @throws IpvsUnavailable when this machine has no ipvsadm or no ip_vs
   */
  async look(breakOff?: AbortSignal): Promise<IpvsTable> {
    const text = await this.#ports.ipvs.save(breakOff);
    // A large table is seldom another than five seconds ago, and reading 5,000 lines takes far longer than that.
    if (text !== this.#saved.text) this.#saved = { text, table: parseSave(text) };
    return this.#saved.table;
  }

  /**
   * From now on the kernel's table is to be what `desired` says at the time of each pass.
   * @param found the table as it was seen a moment ago
   * @returns as `changed`
   */
  keep(desired: () => IpvsTable, found: IpvsTable): Promise<void> {
    this.#desired = desired;
    this.#looked(found);
    return this.changed();
  }

  /** Lines that the kernel has refused are tried again in the next pass. */
  tryAgain(): void {
    this.#refusals = new Map();
  }

  /**
   * What is wanted may have changed.
   * @returns when a pass that began after this has ended, well or not; a pass that does not end well is made again
   */
  changed(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      this.#feed('changed');
    });
  }

  /**
   * Takes down every service that is ours, and forgets it. Nothing is kept any more after that.
   * @returns when the kernel's table has nothing of ours, or could not be changed
   */
  async takeDown(): Promise<void> {
    this.#stopped = true;
    this.#alarm.off();
    this.#breakOff.abort();
    await this.#running;
    if (this.#owned.size > 0) {
      this.tryAgain();
      this.#desired = () => new Map();
      await this.#pass('look');
    }
    this.#alarm.close();
    for (const done of this.#waiting.splice(0)) done();
  }

  #feed(event: PacerEvent): void {
    if (this.#stopped) return;
    const next = pace(PACE, this.#pacer, event, this.#ports.clock.now());
    this.#pacer = next.state;
    this.#arm(next.state.dueAt);
    switch (next.act) {
      case 'look':
      case 'change':
        this.#running = this.#run(next.act);
        break;
      case 'give way':
        this.#breakOff.abort();
        break;
      case null:
        break;
    }
  }

  #arm(dueAt: Instant | null): void {
    if (dueAt === null) this.#alarm.off();
    else this.#alarm.set(dueAt);
  }

  async #run(kind: PassKind): Promise<void> {
    const served = this.#waiting.splice(0);
    const end = await this.#pass(kind);
    for (const done of served) done();
    this.#feed(end);
  }

  #looked(table: IpvsTable): void {
    this.#observed = table;
    this.#checkedAt = this.#ports.wall();
    this.#feed('looked');
  }

  async #pass(kind: PassKind): Promise<'done' | 'all gone' | 'failed' | 'gave way'> {
    if (kind === 'look') {
      this.#breakOff = new AbortController();
      const { signal } = this.#breakOff;
      try {
        this.#looked(await this.look(signal));
      } catch (error) {
        return signal.aborted ? 'gave way' : this.#failed(error);
      }
    }
    const desired = this.#desired();
    // Before the batch: a crash in between must not leave a service that nobody owns up to.
    this.#own(new Set([...this.#owned, ...desired.keys()]));
    const now = this.#ports.clock.now();
    const aim = { desired, owned: this.#owned, mayTry: (op: IpvsOp) => mayTry(this.#refusals, op, now) };
    let pass: Pass;
    try {
      pass = await reconcile(this.#ports.ipvs, aim, this.#observed);
    } catch (error) {
      return this.#failed(error);
    }
    this.#trouble = undefined;
    if (pass.looked) this.#looked(pass.after);
    this.#observed = pass.after;
    this.#missing = pass.missing.length;
    this.#sayPass(pass);
    const { refusals, news } = remember(this.#refusals, pass.missing, pass.refused, now);
    this.#refusals = refusals;
    this.#sayEach(news, ({ op, words }) =>
      this.#ports.log('warn', 'ipvs entry refused', { line: toLine(op), reason: words }),
    );
    this.#settled = desired;
    this.#own(new Set([...this.#owned].filter(key => desired.has(key) || pass.after.has(key))));
    return desired.size === 0 && this.#owned.size === 0 ? 'all gone' : 'done';
  }

  #own(keys: ReadonlySet<ServiceKey>): void {
    const same = keys.size === this.#owned.size && [...keys].every(key => this.#owned.has(key));
    this.#owned = keys;
    if (same && this.#unwritten === undefined) return;
    const code = this.#ports.owned.write([...keys]);
    if (code !== undefined && code !== this.#unwritten) {
      // Traffic comes before tidiness: what a crash may leave is less than what a table that is not kept costs.
      this.#ports.log('warn', 'the list of our ipvs services cannot be written', { code });
    }
    this.#unwritten = code;
  }

  #sayPass(pass: Pass): void {
    // A line that was refused before and is taken now mends nothing that anybody broke.
    const repaired = (op: IpvsOp): boolean => isRepair(op, this.#settled) && !this.#refusals.has(toLine(op));
    const repairs = pass.applied.filter(repaired);
    const changes = pass.applied.filter(op => !repaired(op)).map(toLine);
    if (changes.length > 0) {
      const more = changes.length - MOST_SAID;
      const lines = changes.slice(0, MOST_SAID).join('; ') + (more > 0 ? `; and ${more} more` : '');
      this.#ports.log('info', 'ipvs table changed', { count: changes.length, lines });
    }
    this.#sayEach(repairs, op =>
      this.#ports.log('info', 'ipvs entry repaired', { line: toLine(op), found: found(op, pass.before) }),
    );
  }

  #sayEach<T>(items: readonly T[], say: (item: T) => void): void {
    for (const item of items.slice(0, MOST_SAID)) say(item);
    if (items.length > MOST_SAID) {
      this.#ports.log('info', 'and more of the same', { count: items.length - MOST_SAID });
    }
  }

  /** ipvsadm could not be spoken to; anything else is a fault of ours, and thrown where it happens. */
  #failed(error: unknown): 'failed' {
    const words = error instanceof Error ? error.message : String(error);
    if (words !== this.#trouble) {
      const sentence =
        error instanceof IpvsUnavailable ? 'ipvs is not available' : 'ipvsadm failed; trying again';
      this.#ports.log('error', sentence, { reason: words });
    }
    this.#trouble = words;
    return 'failed';
  }
}
