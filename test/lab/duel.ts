import assert from 'node:assert/strict';
import { Capture } from './capture.js';
import { eventually, nowMicros } from './daemon.js';
import { Director, type DirectorKind } from './director.js';
import { GUIDE_DIRECTORS, VIP, guideConfig, guideNetwork, type GuideNetwork } from './guide.js';
import type { SeenAdvert } from './pcap.js';
import { Topology } from './topology.js';

/** Two directors on one wire, lb03 (priority 150) preferred to lb04 (100), and a capture of the wire. */
export interface Arena {
  readonly topology: Topology;
  readonly lb03: Director;
  readonly lb04: Director;
  readonly capture: Capture;
}

/** The VRRP part of the guide's files, for kernels without IPVS. */
export const vrrpPart = (name: 'lb03' | 'lb04'): string =>
  guideConfig(name).replace(/^virtual_server[^]*/m, '');

/** Builds the guide's directors and client, for VRRP alone. */
export async function buildArena(lb03: DirectorKind, lb04: DirectorKind): Promise<Arena> {
  const topology = await Topology.create(GUIDE_DIRECTORS);
  return {
    topology,
    lb03: new Director(topology.host('lb03'), lb03, vrrpPart('lb03'), { vrrpOnly: true }),
    lb04: new Director(topology.host('lb04'), lb04, vrrpPart('lb04'), { vrrpOnly: true }),
    capture: await Capture.start(topology.wire, 'br0'),
  };
}

/** The guide's whole network with two holdfasts, checks and table and all: for kernels with IPVS. */
export async function buildPair(): Promise<{ readonly network: GuideNetwork; readonly arena: Arena }> {
  const network = await guideNetwork();
  const arena = {
    topology: network.topology,
    lb03: new Director(network.lb03, 'holdfast', guideConfig('lb03')),
    lb04: new Director(network.lb04, 'holdfast', guideConfig('lb04')),
    capture: await Capture.start(network.topology.wire, 'br0'),
  };
  return { network, arena };
}

/** Ends both directors and removes the network. */
export async function takeDown({ topology, lb03, lb04, capture }: Arena): Promise<void> {
  lb03.remove();
  lb04.remove();
  await capture.stop();
  topology.remove();
}

/** What lb04 waits at priority 100 when a master falls silent, and when one says goodbye, in µs. */
const SKEW = ((256 - 100) * 1_000_000) / 256;
const MASTER_DOWN = 3_000_000 + SKEW;
/** Timers never ring early; how late they may be says how loaded the machine is, not how good the director. */
const EARLY = 2_000;
const LATE = 1_500_000;

const from =
  (director: Director) =>
  ({ source }: SeenAdvert): boolean =>
    source === director.host.address;

function assertWaited(waited: number, wanted: number): void {
  assert.ok(waited >= wanted - EARLY, `lb04 spoke after ${waited} µs, before its ${wanted} µs were over`);
  assert.ok(waited <= wanted + LATE, `lb04 spoke after ${waited} µs, long after its ${wanted} µs were over`);
}

/** Registers that a test that failed shows what the directors said last. */
export function tellOnFailure(arena: () => Arena): void {
  afterEach(function () {
    if (this.currentTest?.state !== 'failed') return;
    const { lb03, lb04 } = arena();
    for (const director of [lb03, lb04]) {
      console.log(`The last that ${director.host.name} said:\n${director.tail()}`);
    }
  });
}

/** Registers the tests of an election and of every way to lose a master; they build on each other. */
export function duel(arena: () => Arena): void {
  const lastOf = (director: Director, before: number): SeenAdvert => {
    const last = arena()
      .capture.adverts()
      .filter(seen => from(director)(seen) && seen.at < before)
      .at(-1);
    assert.ok(last, `${director.host.name} has sent no advert`);
    return last;
  };

  const takesOver = async (since: number): Promise<SeenAdvert> => {
    const { lb04, capture } = arena();
    const first = await capture.advert(from(lb04), { since });
    await lb04.becomes('MASTER', { since });
    await eventually('lb04 holds the address', () => lb04.host.holds(VIP));
    return first;
  };

  const givesWay = async (since: number): Promise<void> => {
    const { lb03, lb04, capture } = arena();
    await capture.advert(from(lb03), { since, within: 20_000 });
    await lb03.becomes('MASTER', { since });
    await lb04.becomes('BACKUP', { since });
    // keepalived says so first and puts the address on then.
    await eventually('lb03 alone holds the address', async () => {
      return (await lb03.host.holds(VIP)) && !(await lb04.host.holds(VIP));
    });
  };

  it('elects lb03, which alone holds the address, secondary, as in the guide', async () => {
    const { lb03, lb04, capture } = arena();
    lb03.start();
    await lb03.becomes('BACKUP'); // it listens: lb04 cannot come first
    lb04.start();
    await capture.advert(from(lb03), { within: 20_000 });
    await lb03.becomes('MASTER');
    await eventually('lb03 holds the address', () => lb03.host.holds(VIP));
    const vip = (await lb03.host.addresses()).find(({ local }) => local === VIP);
    assert.deepEqual([vip?.prefixlen, vip?.secondary, vip?.scope], [24, true, 'global']);
    assert.equal(await lb04.host.holds(VIP), false);
    await lb04.becomes('BACKUP');
    assert.equal(capture.adverts().find(from(lb04)), undefined, 'lb04 should not have spoken');
  });

  it('announces the address with five ARP requests at once', async () => {
    const { lb03, capture } = arena();
    const first = lastOf(lb03, Infinity);
    await capture.advert(from(lb03), { since: first.at + 1 });
    const announced = capture.arps().filter(({ sender, at }) => sender === VIP && at < first.at + 500_000);
    assert.equal(announced.length, 5);
    const mac = '02:00:0a:00:00:0f';
    for (const { operation, senderMac, target } of announced) {
      assert.deepEqual([operation, senderMac, target], ['request', mac, VIP]);
    }
  });

  it('replaces lb03 by lb04 three seconds and a skew after it was killed', async () => {
    const { lb03 } = arena();
    const since = lb03.crash();
    const first = await takesOver(since);
    assertWaited(first.at - lastOf(lb03, first.at).at, MASTER_DOWN);
  });

  it('gives lb03 its place back when it returns', async () => {
    const { lb03 } = arena();
    const since = nowMicros();
    lb03.start();
    await givesWay(since);
  });

  it('replaces lb03 by lb04 a skew after it was stopped', async () => {
    const { lb03 } = arena();
    const since = nowMicros();
    const [ending, first] = await Promise.all([lb03.stop(), takesOver(since)]);
    assert.deepEqual(ending, { code: 0, signal: null });
    const goodbye = lastOf(lb03, first.at);
    assert.equal(goodbye.priority, 0);
    assertWaited(first.at - goodbye.at, SKEW);
    assert.equal(await lb03.host.holds(VIP), false, 'lb03 has ended and still holds the address');
  });

  it('gives lb03 its place back when it is started again', async () => {
    const since = nowMicros();
    arena().lb03.start();
    await givesWay(since);
  });

  it("replaces lb03 by lb04 when lb03's cable is pulled, and lb03 lets go of the address", async () => {
    const { topology, lb03 } = arena();
    const since = nowMicros();
    await topology.wire.cable(lb03.host, 'out');
    await lb03.becomes('FAULT', { since });
    const first = await takesOver(since);
    assert.equal(await lb03.host.holds(VIP), false);
    assertWaited(first.at - lastOf(lb03, first.at).at, MASTER_DOWN);
  });

  it('gives lb03 its place back when the cable is in again', async () => {
    const { topology, lb03 } = arena();
    const since = nowMicros();
    await topology.wire.cable(lb03.host, 'in');
    await givesWay(since);
  });

  it("replaces lb03 by lb04 when lb03's interface is set down, and back when it is up", async () => {
    const { lb03 } = arena();
    const since = nowMicros();
    await lb03.host.ip('link', 'set', 'eth0', 'down');
    await lb03.becomes('FAULT', { since });
    await takesOver(since);
    const up = nowMicros();
    await lb03.host.ip('link', 'set', 'eth0', 'up');
    await givesWay(up);
  });

  it('has sent nothing that tcpdump finds fault with', async () => {
    assert.deepEqual(await arena().capture.complaints(), []);
  });
}
