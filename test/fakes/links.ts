import type { Prefix } from '../../src/lib/address.js';
import type { HeldAddress, Link, LinkPort, LinkView, Refusal } from '../../src/ports/links.js';

/** A kernel with one interface, eth0, of its own address. It outlives whoever uses it. */
export class FakeLinks implements LinkPort {
  /** Answers the next additions with this code. */
  refuse: string | undefined;
  /** Every change that was asked for, in order. */
  readonly asked: string[] = [];
  #links: Link[];
  #addresses: HeldAddress[];
  #watchers: (() => void)[] = [];

  constructor(own: string) {
    this.#links = [
      { name: 'eth0', index: 2, mac: Uint8Array.of(2, 0, 0, 0, 0, 1), mtu: 1500, up: true, noArp: false },
    ];
    this.#addresses = [{ interfaceIndex: 2, address: own, prefixLength: 24, secondary: false }];
  }

  watch(changed: () => void): void {
    this.#watchers.push(changed);
  }

  unwatch(): void {
    this.#watchers = [];
  }

  view(): LinkView {
    return { links: this.#links, addresses: this.#addresses };
  }

  add(interfaceIndex: number, prefix: Prefix): Promise<Refusal | undefined> {
    this.asked.push(`add ${prefix.address}/${prefix.prefixLength}`);
    if (this.refuse !== undefined) return Promise.resolve({ code: this.refuse });
    if (!this.holds(prefix.address)) {
      const { address, prefixLength } = prefix;
      this.#addresses = [...this.#addresses, { interfaceIndex, address, prefixLength, secondary: true }];
      this.#tell();
    }
    return Promise.resolve(undefined);
  }

  remove(_: number, prefix: Prefix): Promise<Refusal | undefined> {
    this.asked.push(`remove ${prefix.address}/${prefix.prefixLength}`);
    this.takeAway(prefix.address);
    return Promise.resolve(undefined);
  }

  /** Somebody else takes the address off. */
  takeAway(address: string): void {
    this.#addresses = this.#addresses.filter(a => a.address !== address);
    this.#tell();
  }

  /** Somebody pulls the cable, or plugs it in. */
  set(change: Partial<Link>): void {
    this.#links = this.#links.map(link => ({ ...link, ...change }));
    this.#tell();
  }

  /** The interface goes away altogether, with its addresses. */
  vanish(): void {
    this.#links = [];
    this.#addresses = [];
    this.#tell();
  }

  holds(address: string): boolean {
    return this.#addresses.some(a => a.address === address);
  }

  close(): void {
    this.unwatch();
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) changed();
  }
}
