import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ShownRole } from '../../../src/ipc/document.js';
import type { VrrpInstance } from '../../../src/vrrp/instance.js';
import { compareInstances, planInstances } from '../../../src/vrrp/reload.js';
import { guideInstance } from '../../sim/lan.js';

const vi = (change: Partial<VrrpInstance> = {}): VrrpInstance => guideInstance(150, change);
const address = (text: string) => ({ address: text, prefixLength: 24, interface: 'eth0' });

interface Row {
  readonly name: string;
  readonly before: readonly VrrpInstance[];
  readonly after: readonly VrrpInstance[];
  /** NAME FATE: CHANGES. */
  readonly plan: readonly string[];
  readonly outage?: RegExp;
  readonly role?: ShownRole;
}

const toOne = (peer: string, ttl = 255): VrrpInstance['unicast'] => ({
  peers: [{ address: peer, leastTtl: 0, mostTtl: 255 }],
  ttl,
  onlyPeers: false,
});

const UNTIL_PEERS = /until the peers say the same/;

const rows: readonly Row[] = [
  { name: 'the same file', before: [vi()], after: [vi()], plan: ['VI_1 kept: '] },
  {
    name: 'a new name is no new router, as in keepalived',
    before: [vi()],
    after: [vi({ name: 'WEB' })],
    plan: ['WEB changed: name VI_1 -> WEB'],
  },
  {
    name: 'priority, state and preemption change in place',
    before: [vi()],
    after: [vi({ priority: 100, startAs: 'MASTER', preempt: false })],
    plan: ['VI_1 changed: priority 150 -> 100, state BACKUP -> MASTER, preempt on -> off'],
  },
  {
    name: 'other peers and another TTL change in place; who is a peer no more hears nothing',
    before: [vi({ unicast: toOne('10.0.0.16') })],
    after: [vi({ unicast: toOne('10.0.0.17', 64) })],
    plan: ['VI_1 changed: unicast_peer 10.0.0.16 -> 10.0.0.17, unicast_ttl 255 -> 64'],
    outage: /one that is a peer no more hears nothing/,
  },
  {
    name: 'from the multicast group to peers is another virtual router',
    before: [vi()],
    after: [vi({ unicast: toOne('10.0.0.16') })],
    plan: ['VI_1 restarted: unicast_peer none -> 10.0.0.16'],
    outage: /a backup takes the addresses over without loss/,
  },
  {
    name: 'so is another source of unicast, as in keepalived',
    before: [vi({ unicast: toOne('10.0.0.16') })],
    after: [vi({ unicast: toOne('10.0.0.16'), source: '10.0.0.14' })],
    plan: ['VI_1 restarted: source of adverts the interface -> 10.0.0.14'],
    outage: /a backup takes the addresses over without loss/,
  },
  {
    name: 'two with one VRID and one source are told apart by their names',
    before: [vi({ unicast: toOne('10.0.0.16') }), vi({ name: 'VI_2', unicast: toOne('10.0.0.17') })],
    after: [vi({ name: 'VI_2', unicast: toOne('10.0.0.17') }), vi({ unicast: toOne('10.0.0.16') })],
    plan: ['VI_2 kept: ', 'VI_1 kept: '],
  },
  {
    name: 'addresses change in place; old keepalived peers mind until they are told',
    before: [vi()],
    after: [vi({ addresses: [address('10.0.0.14')] })],
    plan: ['VI_1 changed: , + 10.0.0.14/24 on eth0, - 10.0.0.13/24 on eth0'],
    outage: /none with peers that run holdfast or keepalived 2.3.3/,
  },
  {
    name: 'a password changes in place, is not shown, and splits the pair until the peer has it',
    before: [vi()],
    after: [vi({ authentication: { type: 'PASS', password: 'geheim' } })],
    plan: ['VI_1 changed: authentication is another'],
    outage: UNTIL_PEERS,
  },
  {
    name: 'so does another interval',
    before: [vi()],
    after: [vi({ advertIntervalMs: 2000 })],
    plan: ['VI_1 changed: advert_int 1 -> 2'],
    outage: UNTIL_PEERS,
  },
  {
    name: 'announcements change in place',
    before: [vi()],
    after: [vi({ announce: { repeat: 3, delayMs: 5000, refreshMs: 60_000, refreshRepeat: 1 } })],
    plan: ['VI_1 changed: garp_master_repeat 5 -> 3, garp_master_refresh 0 -> 60'],
  },
  {
    name: 'another VRID is another router: a master hands over first',
    before: [vi()],
    after: [vi({ virtualRouterId: 52 })],
    plan: ['VI_1 restarted: virtual_router_id 51 -> 52'],
    role: 'MASTER',
    outage: /a backup takes the addresses over without loss; where there is none, they are off for 4\.5 s/,
  },
  {
    name: 'a backup that is begun anew is not missed',
    before: [vi()],
    after: [vi({ interface: 'eth1' })],
    plan: ['VI_1 restarted: interface eth0 -> eth1'],
    role: 'BACKUP',
  },
  {
    name: 'an instance that comes, and one that goes as master',
    before: [vi()],
    after: [vi({ name: 'VI_2', virtualRouterId: 52 })],
    plan: ['VI_2 added: , + 10.0.0.13/24 on eth0', 'VI_1 removed: , - 10.0.0.13/24 on eth0'],
    role: 'MASTER',
    outage: /where there is none, they are gone/,
  },
  {
    name: 'two that change names are both known by their VRIDs',
    before: [vi(), vi({ name: 'VI_2', virtualRouterId: 52 })],
    after: [vi({ name: 'VI_2' }), vi({ virtualRouterId: 52 })],
    plan: ['VI_2 changed: name VI_1 -> VI_2', 'VI_1 changed: name VI_2 -> VI_1'],
  },
];

describe('vrrp: what a reload does to instances', () => {
  for (const { name, before, after, plan, outage, role } of rows) {
    it(name, () => {
      const roles = new Map<string, ShownRole>(before.map(i => [i.name, role ?? 'MASTER']));
      const found = planInstances(compareInstances(before, after), roles);
      assert.deepEqual(
        found.map(i => {
          const added = i.addressesAdded.map(a => `+ ${a}`);
          const removed = i.addressesRemoved.map(a => `- ${a}`);
          return [`${i.name} ${i.fate}: ${i.changes.join(', ')}`, ...added, ...removed].join(', ');
        }),
        plan,
      );
      const said = found.map(i => i.outage ?? '').join('');
      if (outage === undefined) assert.equal(said, '');
      else assert.match(said, outage);
    });
  }

  it('every instance of both files is in it once, whatever they are', () => {
    const instance = fc
      .record({
        name: fc.constantFrom('A', 'B', 'C', 'D'),
        virtualRouterId: fc.integer({ min: 1, max: 4 }),
        interface: fc.constantFrom('eth0', 'eth1'),
        priority: fc.integer({ min: 1, max: 3 }),
      })
      .map(change => vi(change));
    const file = fc
      .uniqueArray(instance, { selector: i => i.name })
      .map(all => all.filter((i, n) => all.findIndex(o => o.virtualRouterId === i.virtualRouterId) === n));
    fc.assert(
      fc.property(file, file, (before, after) => {
        const changes = compareInstances(before, after);
        assert.deepEqual(
          changes.flatMap(c => c.after ?? []),
          after,
        );
        const had = changes.flatMap(c => c.before ?? []);
        assert.deepEqual(new Set(had), new Set(before));
        assert.equal(had.length, before.length);
      }),
    );
  });
});
