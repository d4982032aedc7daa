import type { InstanceState } from '../ipc/document.js';
import { compareIp, formatIp, parseIp } from '../lib/address.js';
import { instant, type Instant } from '../lib/units.js';
import type { AnnouncementWatch } from '../ports/announce.js';
import type { Log } from '../ports/log.js';
import type { ReceivedPacket } from '../ports/packets.js';
import { HeldAddresses } from './addresses.js';
import type { FaultReason, Role, RoleReason, RouterSettings } from './core/types.js';
import { patience } from './core/timers.js';
import { track } from './core/tracking.js';
import { Complaints } from './complaints.js';
import type { Announcing, Inheritance, Surroundings } from './surroundings.js';
import { Counters, type RefusedWork } from './counters.js';
import { RouterDriver } from './driver.js';
import type { VirtualAddress, VrrpInstance } from './instance.js';
import { expectationsOf, NO_ADDRESS, settingsOf } from './settings.js';
import { shown, showInstance } from './show.js';
import { ADVERT_TTL, type DropReason } from './wire/advert.js';
import { decodeAdvert, encodeAdvert, type Expected } from './wire/packet.js';

/** Where adverts go: RFC 3768 §5.2.2. */
export const VRRP_GROUP = '224.0.0.18';
const GROUP = Uint8Array.of(224, 0, 0, 18);

/** One vrrp_instance at work: adverts in and out, its addresses, its counters. */
export class VirtualRouter {
  #instance: VrrpInstance;
  readonly #around: Surroundings;
  readonly #driver: RouterDriver;
  readonly #addresses: HeldAddresses;
  readonly #announcing: Announcing;
  readonly #counters = new Counters();
  #expected: Expected;
  readonly #complaints: Complaints;
  #settings: RouterSettings;
  #link: FaultReason | undefined;
  /** Of the interface, as it was known last. */
  #ownAddress: Uint8Array = NO_ADDRESS;
  #packetId = 0;
  #since: string;
  #reason: RoleReason = 'startup';

  constructor(instance: VrrpInstance, around: Surroundings) {
    this.#instance = instance;
    this.#around = around;
    this.#since = around.wall();
    this.#complaints = new Complaints(this.#log);
    this.#expected = expectationsOf(instance, GROUP);
    this.#settings = settingsOf(instance, NO_ADDRESS);
    this.#addresses = new HeldAddresses(instance.addresses, around.links, around.clock, this.#log, {
      refused: (_, code) => this.#refused('address', code),
      repaired: () => {
        this.#counters.addressesRepaired++;
        this.#announcing.begin();
      },
    });
    this.#announcing = around.announcing(
      instance.announce,
      () => this.#instance.addresses,
      code => this.#refused('announcement', code),
    );
    this.#driver = new RouterDriver(this.#settings, around.clock, {
      sendAdvert: priority => this.#sendAdvert(priority),
      holdAddresses: () => this.#addresses.hold(),
      releaseAddresses: () => {
        this.#announcing.stop();
        this.#addresses.release();
      },
      announceAddresses: () => this.#announcing.begin(),
      roleChanged: (from, to, reason) => this.#roleChanged(from, to, reason),
      drain: () => around.drain(),
    });
  }

  get instance(): VrrpInstance {
    return this.#instance;
  }

  /**
   * Begins, on a link that is fit or not.
   * @param inherited what the process before this one had reached as master
   */
  start(link: FaultReason | Uint8Array, inherited: Inheritance | undefined): void {
    this.#take(link);
    const fault = this.#fault();
    if (inherited === undefined) {
      this.#driver.dispatch({ type: 'startup' });
    } else {
      this.#packetId = inherited.packetId;
      const masterUntil = instant(inherited.lastAdvertAtMs + patience(this.#settings.advertInterval));
      this.#driver.dispatch(fault === undefined ? { type: 'startup', masterUntil } : { type: 'startup' });
    }
    if (fault !== undefined) this.#driver.dispatch({ type: 'failed', reason: fault });
  }

  /**
   * A reload has given it other words: everything but its interface and its VRID may be another.
   * @param elsewhere is this address another instance's from now on?
   */
  change(instance: VrrpInstance, elsewhere: (address: VirtualAddress) => boolean): void {
    this.#instance = instance;
    this.#expected = expectationsOf(instance, GROUP);
    this.#settings = this.#tracked(settingsOf(instance, this.#source() ?? this.#ownAddress));
    this.#announcing.change(instance.announce);
    this.#driver.change(this.#settings);
    this.#settle();
    const added = this.#addresses.change(instance.addresses, elsewhere);
    if (added && this.#driver.state.role === 'master') this.#announcing.begin();
    this.#around.news.holds(instance, this.#addresses.held());
  }

  /** The link became fit, with this address of its own, or unfit, for this reason. */
  linkIs(link: FaultReason | Uint8Array): void {
    this.#take(link);
    this.look();
    this.#addresses.look();
  }

  /** Something that is watched may be otherwise than before. */
  look(): void {
    const settings = this.#tracked(this.#settings);
    if (settings.priority !== this.#settings.priority) {
      this.#log('info', 'priority changed', { from: this.#settings.priority, to: settings.priority });
      this.#settings = settings;
      this.#driver.change(settings);
    }
    this.#settle();
  }

  /** A packet for this virtual router's VRID has arrived. */
  hear(packet: ReceivedPacket): void {
    const advert = decodeAdvert(packet, this.#expected);
    if (!advert.ok) {
      this.#drop(advert.error, packet);
      return;
    }
    const { role } = this.#driver.state;
    if (role === 'init' || role === 'fault') {
      this.#drop('not-listening', packet);
      return;
    }
    if (compareIp(packet.source, this.#settings.primaryAddress) === 0) {
      this.#drop('own-echo', packet);
      return;
    }
    this.#counters.advertsReceived++;
    this.#complaints.forget('advert dropped', formatIp(packet.source));
    if (!advert.value.sameAddresses) this.#differs(packet);
    this.#driver.dispatch(
      { type: 'advert', priority: advert.value.priority, from: packet.source },
      this.#heardAt(packet),
    );
  }

  /**
   * Resigns.
   * @param elsewhere is this address another instance's from now on? It stays where it is then
   * @returns when the addresses are off and nothing is left to do
   */
  async stop(elsewhere: (address: VirtualAddress) => boolean = () => false): Promise<void> {
    this.#addresses.change(
      this.#instance.addresses.filter(address => !elsewhere(address)),
      elsewhere,
    );
    this.#driver.dispatch({ type: 'shutdown' });
    while (this.#driver.state.role !== 'init') {
      await new Promise<void>(resolve => (this.#released = resolve));
    }
    await this.#addresses.settled();
    this.#watch?.close();
    this.#driver.close();
    this.#announcing.close();
    this.#addresses.close();
  }

  state(): InstanceState {
    return showInstance({
      instance: this.#instance,
      settings: this.#settings,
      state: this.#driver.state,
      since: this.#since,
      reason: this.#reason,
      counters: this.#counters,
      isThere: address => this.#addresses.isThere(address),
    });
  }

  #released: () => void = () => undefined;
  #watch: AnnouncementWatch | undefined;

  #take(link: FaultReason | Uint8Array): void {
    this.#link = typeof link === 'string' ? link : undefined;
    if (typeof link === 'string') return;
    this.#settings = this.#tracked({ ...this.#settings, primaryAddress: this.#source() ?? link });
    this.#ownAddress = link;
    this.#driver.use(this.#settings);
  }

  #source(): Uint8Array | undefined {
    return this.#instance.source === null ? undefined : parseIp(this.#instance.source);
  }

  /** The same with the priority that what is watched leaves. */
  #tracked(settings: RouterSettings): RouterSettings {
    const { priority } = track(this.#instance.priority, this.#instance.tracks, this.#around.standing);
    return { ...settings, priority };
  }

  #fault(): FaultReason | undefined {
    return this.#link ?? track(this.#instance.priority, this.#instance.tracks, this.#around.standing).fault;
  }

  /** Fails while anything is wrong that it cannot do without. */
  #settle(): void {
    const reason = this.#fault();
    // A script that a reload has brought stops nothing that runs.
    if (reason === 'script-pending' && this.#driver.state.role !== 'fault') return;
    this.#driver.dispatch(reason === undefined ? { type: 'recovered' } : { type: 'failed', reason });
  }

  #sendAdvert(priority: number): void {
    this.#packetId = (this.#packetId % 0xffff) + 1; // 0 would let the kernel choose one
    const { group, peers } = this.#expected;
    let sent = 0;
    if (peers === undefined) sent += this.#sendTo(group, priority, ADVERT_TTL);
    else {
      const ttl = this.#instance.unicast?.ttl ?? ADVERT_TTL;
      for (const { address } of peers) sent += this.#sendTo(address, priority, ttl);
    }
    if (sent === 0) return;
    this.#counters.advertsSent++;
    if (priority > 0) this.#around.news.advertSent(this.instance, this.#around.clock.now(), this.#packetId);
  }

  /** @returns how many adverts left: one or none */
  #sendTo(destination: Uint8Array, priority: number, ttl: number): number {
    const { ours, group, checksum, sequence } = this.#expected;
    const source = this.#settings.primaryAddress;
    const packet = encodeAdvert(
      { ...ours, priority },
      { source, destination, group, identification: this.#packetId, ttl, checksum, sequence },
    );
    const code = this.#around.send(packet, destination);
    if (code !== undefined) {
      this.#refused('advert', code);
      return 0;
    }
    this.#complaints.forget('the kernel did not send', 'advert');
    return 1;
  }

  #roleChanged(from: Role, to: Role, reason: RoleReason): void {
    this.#reason = reason;
    if (to === 'leaving') {
      this.#log('info', 'handing over', { until: 'a successor has announced the addresses' });
      this.#watchSuccessor();
      return;
    }
    this.#since = this.#around.wall();
    if (to === 'master') this.#counters.becameMaster++;
    this.#log('info', 'role changed', { from: shown(from), to: shown(to), reason, ...this.#because() });
    this.#around.news.roleChanged(this.instance, shown(from), shown(to), reason, this.#addresses.held());
    if (to === 'init') this.#released();
  }

  /** Clients are with the successor once it has announced every address; until then they are with us. */
  #watchSuccessor(): void {
    const missing = new Set(this.instance.addresses.map(a => a.address));
    this.#watch = this.#around.watch(address => {
      if (missing.delete(address) && missing.size === 0) this.#driver.dispatch({ type: 'succeeded' });
    });
  }

  /** Whose advert decided, where one did. */
  #because(): Record<string, string | number> {
    const master = this.#driver.state.role === 'backup' ? this.#driver.state.master : undefined;
    return master === undefined ? {} : { peer: formatIp(master.address), peerPriority: master.priority };
  }

  /** The kernel's receive time, unless that is in the future or so old that our own loop must have stood still. */
  #heardAt(packet: ReceivedPacket): Instant {
    const now = this.#around.clock.now();
    return packet.receivedAt <= now ? packet.receivedAt : now;
  }

  #drop(reason: DropReason, packet: ReceivedPacket): void {
    this.#counters.dropped[reason]++;
    if (reason === 'own-echo' || reason === 'not-listening') return;
    const peer = formatIp(packet.source);
    this.#complaints.say('advert dropped', peer, reason, { reason, peer });
  }

  #differs(packet: ReceivedPacket): void {
    this.#counters.addressListsThatDiffer++;
    const peer = formatIp(packet.source);
    this.#complaints.say('advert with another list of addresses', peer, 'address-list', { peer });
  }

  #refused(what: RefusedWork, code: string): void {
    this.#counters.refused[what]++;
    // A refused address is said where it is tried.
    if (what !== 'address') this.#complaints.say('the kernel did not send', what, code, { what, code });
  }

  readonly #log: Log = (level, sentence, fields) => {
    this.#around.log(level, sentence, { instance: this.instance.name, ...fields });
  };
}
