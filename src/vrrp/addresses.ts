import { after, millis, type Instant } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import type { LinkPort } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { VirtualAddress } from './instance.js';

/** An address that is fought over is put back this often, not more. */
const REPAIR_PAUSE = millis(200);
/** The kernel refused: try again. */
const RETRY_PAUSE = millis(1000);

/** One address, and how far the wish for it has come. */
interface Kept {
  readonly address: VirtualAddress;
  /**
   * `answered`: the kernel has taken it, and will show it any moment; `seen`: it has shown it since we asked, so
   * its absence now is somebody's doing.
   */
  progress: 'absent' | 'asked' | 'answered' | 'seen';
  notBefore: Instant;
  refusedBefore: boolean;
}

/** What became of the addresses, for counters and announcements. */
export interface AddressNews {
  refused(address: VirtualAddress, code: string): void;
  repaired(address: VirtualAddress): void;
}

/**
 * Keeps the addresses of one instance as it wishes: on their interfaces, or off them. What somebody else takes
 * away is put back, and said (keepalived would give up the role for it).
 */
export class HeldAddresses {
  #kept: readonly Kept[];
  readonly #links: LinkPort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #news: AddressNews;
  readonly #alarm: Alarm;
  #wish: 'hold' | 'release' = 'release';
  #pending: Promise<unknown> = Promise.resolve();

  constructor(
    addresses: readonly VirtualAddress[],
    links: LinkPort,
    clock: Clock,
    log: Log,
    news: AddressNews,
  ) {
    this.#links = links;
    this.#clock = clock;
    this.#kept = withoutTwice(addresses).map(address => this.#absent(address));
    this.#log = log;
    this.#news = news;
    this.#alarm = clock.alarm(() => this.look());
  }

  /** The requests are with the kernel when this returns; what it answers is heard later. */
  hold(): void {
    this.#wish = 'hold';
    for (const kept of this.#kept) {
      kept.progress = 'absent';
      this.#add(kept);
    }
  }

  /** Also takes off what a process before this one has left. */
  release(): void {
    this.#wish = 'release';
    this.#alarm.off();
    for (const kept of this.#kept) {
      if (kept.progress !== 'absent' || this.isThere(kept.address)) {
        kept.progress = 'absent';
        this.#track(this.#remove(kept));
      }
    }
  }

  /**
   * Other addresses from now on: the new ones come before the old ones go, and what is in both lists is not touched.
   * @param elsewhere is it another instance's from now on, which decides whether it stays?
   * @returns whether there is a new one
   */
  change(addresses: readonly VirtualAddress[], elsewhere: (address: VirtualAddress) => boolean): boolean {
    const before = this.#kept;
    this.#kept = withoutTwice(addresses).map(
      address => before.find(kept => same(kept.address, address)) ?? this.#absent(address),
    );
    const added = this.#kept.filter(kept => !before.includes(kept));
    for (const kept of added) {
      if (this.#wish === 'hold') this.#add(kept);
      else if (this.isThere(kept.address)) this.#track(this.#remove(kept));
    }
    for (const kept of before) {
      const gone = !this.#kept.includes(kept) && kept.progress !== 'absent';
      if (gone && !elsewhere(kept.address)) this.#track(this.#remove(kept));
    }
    return added.length > 0;
  }

  /** Compares the wish with what the kernel shows; to be called whenever that has changed. */
  look(): void {
    if (this.#wish !== 'hold') return;
    for (const kept of this.#kept) {
      if (this.isThere(kept.address)) {
        kept.progress = 'seen';
      } else if (kept.progress !== 'asked') {
        this.#restore(kept);
      }
    }
  }

  isThere(address: VirtualAddress): boolean {
    const index = this.#indexOf(address);
    return this.#links
      .view()
      .addresses.some(
        a =>
          a.interfaceIndex === index &&
          a.address === address.address &&
          a.prefixLength === address.prefixLength,
      );
  }

  /** The addresses that are, or may be, on an interface because of us. */
  held(): readonly VirtualAddress[] {
    return this.#kept.filter(k => k.progress !== 'absent').map(k => k.address);
  }

  /** @returns when the kernel has answered everything that was asked of it so far */
  async settled(): Promise<void> {
    await this.#pending;
  }

  close(): void {
    this.#alarm.close();
  }

  #absent(address: VirtualAddress): Kept {
    return { address, progress: 'absent', notBefore: this.#clock.now(), refusedBefore: false };
  }

  #restore(kept: Kept): void {
    if (this.#indexOf(kept.address) === undefined) return;
    const now = this.#clock.now();
    if (now < kept.notBefore) {
      this.#alarm.set(kept.notBefore);
      return;
    }
    kept.notBefore = after(now, REPAIR_PAUSE);
    if (kept.progress === 'seen') {
      const { address, prefixLength, interface: device } = kept.address;
      this.#log('warn', 'address repaired', {
        address: `${address}/${prefixLength}`,
        interface: device,
        cause: 'somebody took it off',
      });
      this.#news.repaired(kept.address);
    }
    this.#add(kept);
  }

  #add(kept: Kept): void {
    const index = this.#indexOf(kept.address);
    if (index === undefined) return;
    kept.progress = this.isThere(kept.address) ? 'seen' : 'asked';
    this.#track(
      this.#links.add(index, kept.address).then(refusal => {
        if (refusal !== undefined) this.#refused(kept, refusal.code);
        else this.#answered(kept);
      }),
    );
  }

  #answered(kept: Kept): void {
    kept.refusedBefore = false;
    if (kept.progress !== 'asked') return;
    kept.progress = 'answered';
    // The news of it may be on its way, or have come together with the news that it is gone again.
    kept.notBefore = after(this.#clock.now(), REPAIR_PAUSE);
    this.look();
  }

  async #remove(kept: Kept): Promise<void> {
    const index = this.#indexOf(kept.address);
    const refusal = index === undefined ? undefined : await this.#links.remove(index, kept.address);
    if (refusal !== undefined) this.#news.refused(kept.address, refusal.code);
  }

  #refused(kept: Kept, code: string): void {
    if (kept.progress === 'asked') kept.progress = 'absent';
    kept.notBefore = after(this.#clock.now(), RETRY_PAUSE);
    this.#alarm.set(kept.notBefore);
    this.#news.refused(kept.address, code);
    if (!kept.refusedBefore) {
      kept.refusedBefore = true;
      const { address, prefixLength, interface: device } = kept.address;
      this.#log('error', 'address refused by the kernel', {
        address: `${address}/${prefixLength}`,
        interface: device,
        code,
      });
    }
  }

  #indexOf(address: VirtualAddress): number | undefined {
    return this.#links.view().links.find(link => link.name === address.interface)?.index;
  }

  #track(work: Promise<unknown>): void {
    this.#pending = Promise.all([this.#pending, work]);
  }
}

const same = (a: VirtualAddress, b: VirtualAddress): boolean =>
  a.address === b.address && a.prefixLength === b.prefixLength && a.interface === b.interface;

/** Adverts name an address as often as the file does; an interface has it once. */
const withoutTwice = (addresses: readonly VirtualAddress[]): readonly VirtualAddress[] =>
  addresses.filter((address, i) => addresses.findIndex(other => same(other, address)) === i);
