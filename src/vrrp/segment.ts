import { familyOf, formatIp, parseIp, sameNetwork } from '../lib/address.js';
import type { AnnouncementWatch } from '../ports/announce.js';
import type { Link, LinkView } from '../ports/links.js';
import type { AdvertPort, FramePort, ReceivedPacket } from '../ports/packets.js';
import type { FaultReason } from './core/types.js';
import type { Inheritance } from './surroundings.js';
import type { VirtualRouter } from './virtual-router.js';
import { isMulticast, virtualRouterIdOf } from './wire/packet.js';

/** The sockets of an interface, opened when it appears and again when it comes back as another. */
export interface Sockets {
  /** Each gives undefined when the interface has gone in the meantime: there will be news of that. */
  adverts(link: Link, heard: (batch: readonly ReceivedPacket[]) => void): AdvertPort | undefined;
  frames(link: Link): FramePort | undefined;
  announcements(link: Link, heard: (address: string) => void): AnnouncementWatch;
}

/** One interface and the virtual routers on it: they share its sockets, and its fate. */
export class Segment {
  readonly #interface: string;
  readonly #sockets: Sockets;
  readonly #virtual: ReadonlySet<string>;
  /** By VRID. Several have one where they speak to different routers. */
  readonly #routers = new Map<number, readonly VirtualRouter[]>();
  #link: Link | undefined;
  #adverts: AdvertPort | undefined;
  #frames: FramePort | undefined;
  /** One socket for all routers that wait for a successor: closing one takes the kernel 12 ms. */
  #announcements: AnnouncementWatch | undefined;
  readonly #watchers = new Set<(address: string) => void>();
  /** Adverts that concern nobody here. */
  readonly dropped = { 'unknown-vrid': 0, truncated: 0 };

  /** @param virtual every address of every instance, on whatever interface: none of them is a router's own */
  constructor(interfaceName: string, sockets: Sockets, virtual: ReadonlySet<string>) {
    this.#interface = interfaceName;
    this.#virtual = virtual;
    this.#sockets = sockets;
  }

  add(router: VirtualRouter): void {
    this.#routers.set(router.instance.virtualRouterId, [...this.#sharing(router), router]);
  }

  remove(router: VirtualRouter): void {
    const left = this.#sharing(router).filter(other => other !== router);
    if (left.length > 0) this.#routers.set(router.instance.virtualRouterId, left);
    else this.#routers.delete(router.instance.virtualRouterId);
  }

  #sharing(router: VirtualRouter): readonly VirtualRouter[] {
    return this.#routers.get(router.instance.virtualRouterId) ?? [];
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get frames(): FramePort | undefined {
    return this.#frames;
  }

  send(packet: Uint8Array, destination: Uint8Array): string | undefined {
    return this.#adverts === undefined ? 'ENODEV' : this.#adverts.send(packet, destination);
  }

  drain(): void {
    this.#adverts?.drain();
  }

  /** Starts routers that were added. @param inherited by the name of the instance */
  start(
    routers: readonly VirtualRouter[],
    view: LinkView,
    inherited: ReadonlyMap<string, Inheritance>,
  ): void {
    const fitness = this.#adopt(view);
    for (const router of routers) {
      router.start(fitness, inherited.get(router.instance.name));
    }
  }

  /** Tells every router how the interface is now. */
  update(view: LinkView): void {
    const fitness = this.#adopt(view);
    for (const router of [...this.#routers.values()].flat()) {
      router.linkIs(fitness);
    }
  }

  /** Hears what other machines announce here, until it is closed. */
  watch(heard: (address: string) => void): AnnouncementWatch {
    this.#watchers.add(heard);
    if (this.#link !== undefined) {
      this.#announcements ??= this.#sockets.announcements(this.#link, address => {
        for (const watcher of [...this.#watchers]) watcher(address);
      });
    }
    return { close: () => this.#watchers.delete(heard) };
  }

  close(): void {
    this.#adverts?.close();
    this.#frames?.close();
    this.#announcements?.close();
    this.#adverts = this.#frames = this.#announcements = undefined;
  }

  /** Takes the interface as it is now. @returns its own address, or why nothing can run on it */
  #adopt(view: LinkView): FaultReason | Uint8Array {
    const found = view.links.find(l => l.name === this.#interface);
    if (found?.index !== this.#link?.index) {
      this.close();
      if (found !== undefined) {
        this.#adverts = this.#sockets.adverts(found, batch => this.#hear(batch));
        this.#frames = this.#sockets.frames(found);
      }
    }
    const open = this.#adverts !== undefined && this.#frames !== undefined;
    const link = open ? found : undefined;
    this.#link = link;
    if (link === undefined) return 'interface-missing';
    if (!link.up) return 'interface-down';
    return this.#primaryAddress(view, link) ?? 'no-address';
  }

  /** The interface's own address: a virtual one is the same on every router, and would break no tie. */
  #primaryAddress(view: LinkView, link: Link): Uint8Array | undefined {
    for (const { address, interfaceIndex } of view.addresses) {
      const bytes = parseIp(address);
      if (interfaceIndex !== link.index || bytes === undefined || this.#virtual.has(address)) continue;
      if (familyOf(bytes) === 'ipv4' && !sameNetwork(bytes, LOOPBACK, 8)) return bytes;
    }
    return undefined;
  }

  #hear(batch: readonly ReceivedPacket[]): void {
    for (const packet of batch) {
      const vrid = virtualRouterIdOf(packet.bytes, 'ipv4');
      const all = vrid === undefined ? undefined : this.#routers.get(vrid);
      const router = all === undefined || all.length < 2 ? all?.[0] : addressee(all, packet);
      if (router !== undefined) router.hear(packet);
      else this.dropped[vrid === undefined ? 'truncated' : 'unknown-vrid']++;
    }
  }
}

/** Of several virtual routers with one VRID, the one that expects such a packet; it judges the rest. */
function addressee(
  all: readonly VirtualRouter[],
  { source, destination }: ReceivedPacket,
): VirtualRouter | undefined {
  const toOne = !isMulticast(destination);
  const alike = all.filter(({ instance }) => (instance.unicast !== null) === toOne);
  const sender = formatIp(source);
  const isPeer = ({ instance }: VirtualRouter): boolean =>
    instance.unicast?.peers.some(({ address }) => address === sender) === true;
  return alike.find(isPeer) ?? alike[0] ?? all[0];
}

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
