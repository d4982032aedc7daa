import { monotonicNow } from '../io/node-clock.js';
import { run } from '../io/run.js';
import type { ShownRole } from '../ipc/document.js';
import type { Progress } from '../ipc/messages.js';
import { millis } from '../lib/units.js';
import type { Log } from '../ports/log.js';
import { patience } from '../vrrp/core/timers.js';
import type { VirtualAddress, VrrpInstance } from '../vrrp/instance.js';
import { showAddress } from '../vrrp/reload.js';

/** The new process has this long beyond its peers' patience to say that it is there. */
const GRACE_MS = 100;
const RELEASE_LIMIT = millis(2000);

/**
 * What a vrrp process leaves behind when it dies: how far its masters had come, so that its successor can go on
 * where it stopped, and the addresses it held, which nobody else would take off if there were no successor.
 */
export class Heirloom {
  #intervals: ReadonlyMap<string, number> = new Map();
  readonly #log: Log;
  readonly #masters = new Map<string, Progress>();
  readonly #held = new Map<string, readonly VirtualAddress[]>();
  #deadline: NodeJS.Timeout | undefined;

  constructor(instances: readonly VrrpInstance[], log: Log) {
    this.#log = log;
    this.change(instances);
  }

  /** A reload. Of an instance with another name the vrrp process tells anew. */
  change(instances: readonly VrrpInstance[]): void {
    this.#intervals = new Map(instances.map(i => [i.name, i.advertIntervalMs]));
    for (const name of [...this.#masters.keys()]) {
      if (!this.#intervals.has(name)) this.#masters.delete(name);
    }
  }

  roleChanged(instance: string, to: ShownRole, held: readonly VirtualAddress[]): void {
    this.holds(instance, held);
    if (to !== 'MASTER') this.#masters.delete(instance);
  }

  /** What an instance holds no other does, such as the one that had its name before; one that holds nothing is forgotten. */
  holds(instance: string, held: readonly VirtualAddress[]): void {
    const here = new Set(held.map(showAddress));
    for (const [other, addresses] of [...this.#held, [instance, held] as const]) {
      const its = other === instance ? held : addresses.filter(address => !here.has(showAddress(address)));
      if (its.length === 0) this.#held.delete(other);
      else this.#held.set(other, its);
    }
  }

  progressed(all: readonly Progress[]): void {
    for (const progress of all) this.#masters.set(progress.instance, progress);
  }

  /** What the next process is told. */
  progress(): readonly Progress[] {
    return [...this.#masters.values()];
  }

  /** The process died: if no other takes over in time, the addresses have to go. */
  orphaned(): void {
    const holders = [...this.#held].filter(([, addresses]) => addresses.length > 0);
    if (holders.length === 0) return;
    const ends = holders.map(([instance]) => this.#patienceEnds(instance));
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => void this.release('the vrrp process is not back in time'),
      Math.max(0, Math.min(...ends) - monotonicNow()) + GRACE_MS,
    );
  }

  /** When the peers of a master that has gone may take over; at once where nobody knows when it last spoke. */
  #patienceEnds(instance: string): number {
    const last = this.#masters.get(instance)?.lastAdvertAtMs;
    return last === undefined ? 0 : last + patience(millis(this.#intervals.get(instance) ?? 0));
  }

  /** A process is at work again: the addresses are its own affair. */
  adopted(): void {
    clearTimeout(this.#deadline);
  }

  /** Takes all addresses off by `ip`, without the process that should have done it. */
  async release(cause: string): Promise<void> {
    const held = [...this.#held.values()].flat();
    this.#held.clear();
    this.#masters.clear();
    clearTimeout(this.#deadline);
    for (const { address, prefixLength, interface: device } of held) {
      const text = `${address}/${prefixLength}`;
      const { ok, words } = await run('ip', ['address', 'del', text, 'dev', device], RELEASE_LIMIT);
      this.#log(ok ? 'warn' : 'debug', 'address taken off by the supervisor', {
        address: text,
        interface: device,
        cause,
        words,
      });
    }
  }
}
