import { Announcer } from '../arp/announcer.js';
import { announceByFrames } from '../arp/frames.js';
import { announcementIn } from '../arp/wire/arp.js';
import { openArpSocket } from '../io/arp-socket.js';
import { openAdvertSocket } from '../io/advert-socket.js';
import { MonotonicClock } from '../io/clock.js';
import { openFrameSocket } from '../io/frame-socket.js';
import { openLinks } from '../io/links.js';
import { wallNow } from '../io/wall.js';
import type { Channel } from '../ipc/channel.js';
import type { VrrpState } from '../ipc/document.js';
import type { FromVrrp, Progress, ToChild, VrrpConfig } from '../ipc/messages.js';
import { compareIp, formatIp, parseIp } from '../lib/address.js';
import { never } from '../lib/never.js';
import type { AnnouncementWatch, AnnouncePort } from '../ports/announce.js';
import type { Link, LinkPort } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { VrrpInstance } from '../vrrp/instance.js';
import { Segment, type Sockets } from '../vrrp/segment.js';
import type { Surroundings } from '../vrrp/surroundings.js';
import { VirtualRouter, VRRP_GROUP } from '../vrrp/virtual-router.js';
import { endRealtime, takeRealtime } from './realtime.js';

type VrrpChannel = Channel<ToChild<VrrpConfig>, FromVrrp>;

/** Before it has begun. */
const NOTHING: VrrpState = { instances: [], groups: [], dropped: {} };

/** Adverts that leave within this time of a report are reported to the supervisor together. */
const PROGRESS_PAUSE_MS = 50;

/**
 * The vrrp process: adverts, addresses and announcements, and nothing else. It spawns no program and reads no
 * file of the operator's. When the supervisor is gone it hands over, as if it had been told to stop.
 */
export function runVrrp(channel: VrrpChannel): void {
  const log: Log = (level, sentence, fields = {}) => channel.send({ type: 'log', level, sentence, fields });
  let running: RunningVrrp | undefined;
  const stop = async (): Promise<void> => {
    await running?.stop();
    endRealtime();
    channel.close();
    process.exit(0);
  };
  channel.onDisconnect(() => void stop());
  channel.receive(message => {
    switch (message.type) {
      case 'start':
        takeRealtime(message.config.realtime, log);
        running = new RunningVrrp(message.config, channel, log);
        running.start().catch((error: unknown) => failed(error, channel));
        return;
      case 'stop':
        void stop();
        return;
      case 'dump':
        channel.send({ type: 'dump', id: message.id, state: running?.state() ?? NOTHING });
        return;
      case 'prepare':
      case 'commit':
        channel.send({ type: 'refused', id: message.id, why: 'reload is not supported yet' });
        break;
      default:
        never(message);
    }
  });
}

/** Without the right to open its sockets, no number of respawns will help. Everything else is a crash. */
function failed(error: unknown, channel: VrrpChannel): void {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== 'EPERM' && code !== 'EACCES') throw error;
  channel.send({
    type: 'missing',
    what: `the right to open raw sockets (${code} from ${syscall ?? 'a socket'}): run it as root, or with CAP_NET_RAW and CAP_NET_ADMIN`,
  });
}

class RunningVrrp {
  readonly #config: VrrpConfig;
  readonly #channel: VrrpChannel;
  readonly #log: Log;
  readonly #clock = new MonotonicClock();
  readonly #segments = new Map<string, Segment>();
  readonly #routers: VirtualRouter[] = [];
  readonly #virtual: ReadonlySet<string>;
  readonly #unreported = new Map<string, Progress>();
  #pausing = false;
  #links: LinkPort | undefined;

  constructor(config: VrrpConfig, channel: VrrpChannel, log: Log) {
    this.#config = config;
    this.#virtual = new Set(config.instances.flatMap(i => i.addresses.map(a => a.address)));
    this.#channel = channel;
    this.#log = log;
  }

  async start(): Promise<void> {
    const links = await openLinks(() => this.#linksChanged());
    this.#links = links;
    for (const instance of this.#config.instances) {
      const segment = this.#segmentOf(instance.interface);
      const router = new VirtualRouter(instance, this.#surroundings(instance, segment, links));
      segment.add(router);
      this.#routers.push(router);
    }
    const inherited = new Map(this.#config.resume.map(progress => [progress.instance, progress]));
    for (const segment of this.#segments.values()) {
      segment.start(links.view(), inherited);
    }
    this.#channel.send({ type: 'ready' });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#routers.map(router => router.stop()));
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
    const sockets: Sockets = {
      adverts: (link, heard) =>
        unlessGone(() =>
          openAdvertSocket({
            interfaceName: link.name,
            interfaceIndex: link.index,
            group: VRRP_GROUP,
            onPackets: heard,
          }),
        ),
      frames: link => unlessGone(() => openFrameSocket(link.index)),
      announcements: (link, heard) => watchAnnouncements(link, heard, this.#log),
    };
    const segment = new Segment(interfaceName, sockets, this.#virtual);
    this.#segments.set(interfaceName, segment);
    return segment;
  }

  #surroundings(instance: VrrpInstance, segment: Segment, links: LinkPort): Surroundings {
    return {
      clock: this.#clock,
      wall: wallNow,
      links,
      log: this.#log,
      send: (packet, destination) => segment.send(packet, destination),
      drain: () => segment.drain(),
      announcing: refused =>
        new Announcer(instance.announce, this.#announcePort(instance), this.#clock, refused),
      watch: heard => segment.watch(heard),
      news: {
        roleChanged: (about, from, to, reason, held) => {
          if (to !== 'MASTER') this.#unreported.delete(about.name);
          this.#channel.send({ type: 'role', instance: about.name, from, to, reason, held });
        },
        advertSent: (about, at, packetId) =>
          this.#report({ instance: about.name, lastAdvertAtMs: at, packetId }),
      },
    };
  }

  /** Each address is announced on the interface that it is put on. */
  #announcePort(instance: VrrpInstance): AnnouncePort {
    const places = [...new Set(instance.addresses.map(a => a.interface))].map(name => ({
      segment: this.#segmentOf(name),
      addresses: instance.addresses.filter(a => a.interface === name).map(a => a.address),
    }));
    return {
      announce: rounds =>
        places
          .map(({ segment, addresses }) => this.#announce(segment, addresses, rounds))
          .find(code => code !== undefined),
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

const GONE: ReadonlySet<string> = new Set(['ENODEV', 'ENXIO', 'EADDRNOTAVAIL']);

/** @returns undefined when the interface went between the news of it and now. @throws every other system error */
function unlessGone<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** What other machines announce on the link. Where it cannot be heard, nothing is lost but a little time. */
function watchAnnouncements(link: Link, heard: (address: string) => void, log: Log): AnnouncementWatch {
  try {
    return openArpSocket(link.index, frame => {
      const announcement = announcementIn(frame);
      const foreign = announcement !== undefined && compareIp(announcement.mac, link.mac) !== 0;
      if (foreign) heard(formatIp(announcement.address));
    });
  } catch (error) {
    log('warn', 'announcements cannot be heard', {
      interface: link.name,
      code: (error as NodeJS.ErrnoException).code ?? '',
    });
    return { close: () => undefined };
  }
}

const ipv4Bytes = (address: string): Uint8Array => parseIp(address) ?? new Uint8Array(4);
