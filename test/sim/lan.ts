import { instant, millis, type Millis } from '../../src/lib/units.js';
import type { Clock } from '../../src/ports/clock.js';
import type { VrrpInstance } from '../../src/vrrp/instance.js';
import { Segment } from '../../src/vrrp/segment.js';
import type { Inheritance } from '../../src/vrrp/surroundings.js';
import { VirtualRouter } from '../../src/vrrp/virtual-router.js';
import { FakeLinks } from '../fakes/links.js';
import { VirtualTime } from '../fakes/virtual-time.js';

export const VIP = '10.0.0.13';

/** What a wire may do to a packet. */
export interface Weather {
  /** The share of packets that are lost, 0 to 1. */
  readonly loss: number;
  readonly delay: () => Millis;
  readonly random: () => number;
}

export const CALM: Weather = { loss: 0, delay: () => millis(0.1), random: () => 0.5 };

/** A machine on the LAN: its kernel outlives the agent that runs on it. */
export class Machine {
  readonly name: string;
  readonly kernel: FakeLinks;
  readonly #lan: Lan;
  #instance: VrrpInstance;
  #agent: { readonly router: VirtualRouter; readonly segment: Segment } | undefined;
  #hearsAnnouncement: ((address: string) => void) | undefined;
  #heard: ((packet: Uint8Array, source: Uint8Array) => void) | undefined;
  #frozenUntil = 0;
  #inherits: Inheritance | undefined;

  constructor(lan: Lan, name: string, address: string, instance: VrrpInstance) {
    this.name = name;
    this.#lan = lan;
    this.#instance = instance;
    this.kernel = new FakeLinks(address);
  }

  get role(): string {
    return this.#agent?.router.state().role ?? 'DEAD';
  }

  get holdsVip(): boolean {
    return this.kernel.holds(VIP);
  }

  get alive(): boolean {
    return this.#agent !== undefined;
  }

  /** Starts the agent, after a crash with what its supervisor has kept for it. */
  start(): void {
    if (this.#agent !== undefined) return;
    const segment = new Segment(
      'eth0',
      {
        adverts: (link, heard) => {
          this.#heard = (bytes, source) =>
            heard([
              {
                bytes,
                source,
                destination: Uint8Array.of(224, 0, 0, 18),
                ttl: 255,
                interfaceIndex: link.index,
                receivedAt: this.#lan.time.now(),
              },
            ]);
          return {
            send: packet => {
              this.#lan.carry(this, packet);
              return undefined;
            },
            drain: () => undefined,
            close: () => (this.#heard = undefined),
          };
        },
        frames: () => ({ send: () => undefined, sendAll: () => undefined, close: () => undefined }),
        announcements: (_, heard) => {
          this.#hearsAnnouncement = heard;
          return { close: () => (this.#hearsAnnouncement = undefined) };
        },
      },
      new Set([VIP]),
    );
    const router = new VirtualRouter(this.#instance, {
      clock: this.#clock(),
      wall: () => new Date(this.#lan.time.now()).toISOString(),
      links: this.kernel,
      log: (_, sentence, fields) =>
        this.#lan.note(`${this.name} ${sentence} ${Object.values(fields ?? {}).join(' ')}`),
      send: (packet, destination) => segment.send(packet, destination),
      drain: () => segment.drain(),
      announcing: () => ({
        begin: () => this.#lan.announce(this),
        stop: () => undefined,
        change: () => undefined,
        close: () => undefined,
      }),
      watch: heard => segment.watch(heard),
      standing: () => 'well',
      news: {
        roleChanged: (_, __, to) => {
          if (to !== 'MASTER') this.#inherits = undefined;
        },
        holds: () => undefined,
        advertSent: (_, at, packetId) => (this.#inherits = { lastAdvertAtMs: at, packetId }),
      },
    });
    segment.add(router);
    this.#agent = { router, segment };
    const inherited = this.#inherits;
    this.#inherits = undefined;
    segment.start(
      [router],
      this.kernel.view(),
      new Map(inherited === undefined ? [] : [[this.#instance.name, inherited]]),
    );
    this.kernel.watch(() => segment.update(this.kernel.view()));
  }

  /** The agent dies; the kernel keeps what it has. With `forget` the machine dies with it. */
  crash(forget: boolean): void {
    if (this.#agent === undefined) return;
    const wasMaster = this.role === 'MASTER';
    this.#detach();
    if (!wasMaster || forget) this.#inherits = undefined;
    if (forget) this.kernel.takeAway(VIP);
  }

  /** The operator changes the file, and has a running agent read it. */
  reload(change: Partial<VrrpInstance>): void {
    this.#instance = { ...this.#instance, ...change };
    this.#agent?.router.change(this.#instance, () => false);
  }

  /** A planned stop. */
  stop(): void {
    const agent = this.#agent;
    if (agent === undefined) return;
    void agent.router.stop().then(() => undefined);
    if (agent.router.state().role === 'INIT') this.#detach();
  }

  /** Once a planned stop has run its course, nothing of the agent is left. */
  settle(): void {
    if (this.#agent?.router.state().role === 'INIT') this.#detach();
  }

  /** The agent stands still, as under SIGSTOP: what is due and what arrives waits. */
  freeze(length: Millis): void {
    this.#frozenUntil = this.#lan.time.now() + length;
  }

  hear(packet: Uint8Array, source: Uint8Array): void {
    const wait = this.#frozenUntil - this.#lan.time.now();
    if (wait > 0) this.#lan.time.later(millis(wait), () => this.#heard?.(packet, source));
    else this.#heard?.(packet, source);
  }

  hearAnnouncement(address: string): void {
    if (this.#frozenUntil <= this.#lan.time.now()) this.#hearsAnnouncement?.(address);
  }

  #detach(): void {
    this.#hearsAnnouncement = undefined;
    this.kernel.unwatch();
    this.#agent = undefined;
    this.#heard = undefined;
    this.#generation++;
    this.#frozenUntil = 0;
  }

  #generation = 0;

  /** This agent's clock: its alarms are late while it is frozen, and silent once it is dead. */
  #clock(): Clock {
    const generation = this.#generation;
    const { time } = this.#lan;
    return {
      now: () => time.now(),
      alarm: ring => {
        const alarm = time.alarm(() => {
          if (generation !== this.#generation) return;
          if (time.now() < this.#frozenUntil) alarm.set(instant(this.#frozenUntil));
          else ring();
        });
        return alarm;
      },
    };
  }
}

/** Machines on one wire, in virtual time. */
export class Lan {
  readonly time = new VirtualTime();
  readonly machines: Machine[] = [];
  /** Directions that carry nothing: "a>b". */
  readonly cuts = new Set<string>();
  readonly story: string[] = [];
  weather: Weather = CALM;

  join(name: string, address: string, instance: VrrpInstance): Machine {
    const machine = new Machine(this, name, address, instance);
    this.machines.push(machine);
    return machine;
  }

  carry(from: Machine, packet: Uint8Array): void {
    const source = packet.slice(12, 16);
    for (const to of this.machines) {
      if (to === from || this.cuts.has(`${from.name}>${to.name}`)) continue;
      if (this.weather.random() < this.weather.loss) continue;
      this.time.later(this.weather.delay(), () => to.hear(packet, source));
    }
  }

  /** Gratuitous ARP goes the same way as everything else; half a millisecond behind the advert. */
  announce(from: Machine): void {
    for (const to of this.machines) {
      if (to === from || this.cuts.has(`${from.name}>${to.name}`)) continue;
      if (this.weather.random() < this.weather.loss) continue;
      this.time.later(millis(0.5 + this.weather.delay()), () => to.hearAnnouncement(VIP));
    }
  }

  /** @param check called after each thing that happens */
  run(length: Millis, check: () => void = () => undefined): void {
    const end = instant(this.time.now() + length);
    while (this.time.step(end)) {
      for (const machine of this.machines) machine.settle();
      check();
    }
    check();
  }

  note(line: string): void {
    this.story.push(`${(this.time.now() / 1000).toFixed(3)} ${line}`);
  }
}

/** An instance as in the guide, with another priority or other words where wanted. */
export const guideInstance = (priority: number, change: Partial<VrrpInstance> = {}): VrrpInstance => ({
  name: 'VI_1',
  interface: 'eth0',
  version: 2,
  virtualRouterId: 51,
  priority,
  startAs: 'BACKUP',
  preempt: true,
  advertIntervalMs: 1000,
  authentication: { type: 'PASS', password: '1111' },
  addresses: [{ address: VIP, prefixLength: 24, interface: 'eth0' }],
  source: null,
  unicast: null,
  announce: { repeat: 5, delayMs: 5000, refreshMs: 0, refreshRepeat: 1 },
  tracks: [],
  ...change,
});
