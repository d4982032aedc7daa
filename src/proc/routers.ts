import { Announcer } from '../arp/announcer.js';
import { announceByFrames } from '../arp/frames.js';
import { MonotonicClock } from '../io/clock.js';
import { openLinks } from '../io/links.js';
import { wallNow } from '../io/wall.js';
import type { Channel } from '../ipc/channel.js';
import type { VrrpState } from '../ipc/document.js';
import type { FromVrrp, Progress, ToVrrp, VrrpConfig } from '../ipc/messages.js';
import { parseIp } from '../lib/address.js';
import type { AnnouncePort } from '../ports/announce.js';
import type { LinkPort } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { Standing, Track } from '../vrrp/core/tracking.js';
import type { VirtualAddress, VrrpInstance } from '../vrrp/instance.js';
import { Segment } from '../vrrp/segment.js';
import type { Surroundings } from '../vrrp/surroundings.js';
import {
  compareInstances,
  planInstances,
  showAddress,
  type Change,
  type InstancePlan,
} from '../vrrp/reload.js';
import { VirtualRouter } from '../vrrp/virtual-router.js';
import { segmentSockets } from './segment-sockets.js';

type VrrpChannel = Channel<ToVrrp, FromVrrp>;

/** Adverts that leave within this time of a report are reported to the supervisor together. */
const PROGRESS_PAUSE_MS = 50;

/** All instances of the vrrp process, with the interfaces that they are on. */
export class Routers {
  readonly #config: VrrpConfig;
  readonly #channel: Pick<VrrpChannel, 'send'>;
  readonly #log: Log;
  readonly #clock = new MonotonicClock();
  readonly #segments = new Map<string, Segment>();
  readonly #virtual = new Set<string>();
  readonly #scripts: Map<string, Standing>;
  readonly #unreported = new Map<string, Progress>();
  #routers: readonly VirtualRouter[] = [];
  #prepared: readonly VrrpInstance[] = [];
  #reloading: Promise<void> = Promise.resolve();
  #pausing = false;
  #links: LinkPort | undefined;

  constructor(config: VrrpConfig, channel: Pick<VrrpChannel, 'send'>, log: Log) {
    this.#config = config;
    this.#scripts = new Map(Object.entries(config.scripts));
    this.#channel = channel;
    this.#log = log;
  }

  async start(): Promise<void> {
    const links = await openLinks(() => this.#linksChanged());
    this.#links = links;
    this.#begin(this.#config.instances, links, this.#config.resume);
    this.#channel.send({ type: 'ready' });
  }

  /** A script is otherwise than before. */
  standing(script: string, standing: Standing): void {
    this.#scripts.set(script, standing);
    for (const router of this.#routers) router.look();
  }

  async stop(): Promise<void> {
    await this.#reloading;
    await Promise.all(this.#routers.map(router => router.stop()));
  }

  /** @returns what a reload with these instances would change; nothing has changed yet */
  prepare(instances: readonly VrrpInstance[]): readonly InstancePlan[] {
    this.#prepared = instances;
    const roles = new Map(this.#routers.map(router => [router.instance.name, router.state().role]));
    return planInstances(this.#compare(), roles);
  }

  /**
   * Swaps in what was prepared. What is the same goes on undisturbed, what can be changed in place is, and that
   * before this returns.
   * @returns when what was removed has been handed over, and what is new has begun
   */
  commit(): Promise<void> {
    return (this.#reloading = this.#reloading.then(() => this.#swap()));
  }

  async #swap(): Promise<void> {
    const links = this.#links;
    if (links === undefined) return;
    const changes = this.#compare();
    const routerOf = new Map(this.#routers.map(router => [router.instance, router]));
    const wanted = new Set(
      changes.flatMap(({ after }) => after?.addresses.map(address => showAddress(address)) ?? []),
    );
    const elsewhere = (address: VirtualAddress): boolean => wanted.has(showAddress(address));
    this.#virtualAddresses(changes.flatMap(({ after }) => after ?? []));
    const kept: VirtualRouter[] = [];
    const leaving: Promise<void>[] = [];
    for (const { fate, before, after } of changes) {
      const router = before === undefined ? undefined : routerOf.get(before);
      if (router === undefined) continue;
      if (fate === 'removed' || fate === 'restarted') {
        leaving.push(this.#end(router, elsewhere));
        continue;
      }
      kept.push(router);
      if (fate === 'changed') router.change(after, elsewhere);
    }
    const ending = this.#routers.filter(router => !kept.includes(router));
    await Promise.all(leaving);
    this.#routers = this.#routers.filter(router => !ending.includes(router));
    const begun = changes.flatMap(({ fate, after }) =>
      fate === 'added' || fate === 'restarted' ? [after] : [],
    );
    this.#begin(begun, links, []);
    this.#closeSegments();
  }

  #compare(): readonly Change[] {
    return compareInstances(
      this.#routers.map(router => router.instance),
      this.#prepared,
    );
  }

  #begin(instances: readonly VrrpInstance[], links: LinkPort, resume: readonly Progress[]): void {
    this.#virtualAddresses(instances);
    const begun = instances.map(instance => {
      const segment = this.#segmentOf(instance.interface);
      const router = new VirtualRouter(instance, this.#surroundings(segment, links));
      segment.add(router);
      for (const address of instance.addresses) this.#segmentOf(address.interface);
      return router;
    });
    this.#routers = [...this.#routers, ...begun];
    const inherited = new Map(resume.map(progress => [progress.instance, progress]));
    for (const [name, segment] of this.#segments) {
      const here = begun.filter(router => router.instance.interface === name);
      segment.start(here, links.view(), inherited);
    }
  }

  async #end(router: VirtualRouter, elsewhere: (address: VirtualAddress) => boolean): Promise<void> {
    await router.stop(elsewhere);
    this.#segments.get(router.instance.interface)?.remove(router);
  }

  /** None of these is ever taken for a router's own, also not while it is on its way off an interface. */
  #virtualAddresses(instances: readonly VrrpInstance[]): void {
    for (const { address } of instances.flatMap(instance => instance.addresses)) this.#virtual.add(address);
  }

  /** An interface that nobody needs any more needs no sockets. */
  #closeSegments(): void {
    const needed = new Set(
      this.#routers.flatMap(({ instance }) => [
        instance.interface,
        ...instance.addresses.map(address => address.interface),
      ]),
    );
    for (const [name, segment] of this.#segments) {
      if (needed.has(name)) continue;
      segment.close();
      this.#segments.delete(name);
    }
  }

  state(): VrrpState {
    const dropped: Record<string, number> = {};
    for (const segment of this.#segments.values()) {
      for (const [reason, count] of Object.entries(segment.dropped)) {
        dropped[reason] = (dropped[reason] ?? 0) + count;
      }
    }
    return { instances: this.#routers.map(router => router.state()), groups: [], dropped };
  }

  #linksChanged(): void {
    const view = this.#links?.view(); // undefined while everything is read for the first time
    if (view === undefined) return;
    for (const segment of this.#segments.values()) {
      segment.update(view);
    }
  }

  #segmentOf(interfaceName: string): Segment {
    const known = this.#segments.get(interfaceName);
    if (known !== undefined) return known;
    const segment = new Segment(interfaceName, segmentSockets(this.#log), this.#virtual);
    this.#segments.set(interfaceName, segment);
    return segment;
  }

  #surroundings(segment: Segment, links: LinkPort): Surroundings {
    return {
      clock: this.#clock,
      wall: wallNow,
      links,
      log: this.#log,
      send: (packet, destination) => segment.send(packet, destination),
      drain: () => segment.drain(),
      announcing: (counts, addresses, refused) =>
        new Announcer(counts, this.#announcePort(addresses), this.#clock, refused),
      watch: heard => segment.watch(heard),
      standing: track => this.#standingOf(track, links),
      news: {
        roleChanged: (about, from, to, reason, held) => {
          if (to !== 'MASTER') this.#unreported.delete(about.name);
          const priority = this.#routers.find(r => r.instance === about)?.state().priority ?? about.priority;
          this.#channel.send({ type: 'role', instance: about.name, from, to, reason, priority, held });
        },
        holds: (about, held) => this.#channel.send({ type: 'holds', instance: about.name, held }),
        advertSent: (about, at, packetId) =>
          this.#report({ instance: about.name, lastAdvertAtMs: at, packetId }),
      },
    };
  }

  #standingOf({ kind, name }: Track, links: LinkPort): Standing {
    switch (kind) {
      case 'interface':
        return links.view().links.find(link => link.name === name)?.up === true ? 'well' : 'failed';
      case 'script':
        return this.#scripts.get(name) ?? 'unknown';
    }
  }

  /** Each address is announced on the interface that it is put on. */
  #announcePort(addresses: () => readonly VirtualAddress[]): AnnouncePort {
    return {
      announce: rounds => {
        const all = addresses();
        const interfaces = [...new Set(all.map(a => a.interface))];
        return interfaces
          .map(name => {
            const here = all.filter(a => a.interface === name).map(a => a.address);
            return this.#announce(this.#segmentOf(name), here, rounds);
          })
          .find(code => code !== undefined);
      },
    };
  }

  /** Frames of our own, or, where an operator chose so, the arping program, which the supervisor runs for us. */
  #announce(segment: Segment, addresses: readonly string[], rounds: number): string | undefined {
    const { link, frames } = segment;
    if (link === undefined || frames === undefined) return 'ENODEV';
    if (link.noArp) return undefined;
    if (this.#config.announceWith === 'packet') {
      return announceByFrames(frames, link.mac, addresses.map(ipv4Bytes), rounds);
    }
    this.#channel.send({ type: 'arping', interface: link.name, addresses, repeat: rounds });
    return undefined;
  }

  /** The first report leaves at once; those that follow within the pause go together, so that 255 instances are not 255 messages. */
  #report(progress: Progress): void {
    this.#unreported.set(progress.instance, progress);
    if (this.#pausing) return;
    this.#pausing = true;
    setImmediate(() => this.#sendReports()); // addresses and announcements come first
  }

  #sendReports(): void {
    this.#pausing = this.#unreported.size > 0;
    if (!this.#pausing) return;
    this.#channel.send({ type: 'progress', progress: [...this.#unreported.values()] });
    this.#unreported.clear();
    setTimeout(() => this.#sendReports(), PROGRESS_PAUSE_MS);
  }
}

const ipv4Bytes = (address: string): Uint8Array => parseIp(address) ?? new Uint8Array(4);
