import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deadline, step } from '../../../src/vrrp/core/router.js';
import type { RouterAction, RouterEvent, RouterSettings, RouterState } from '../../../src/vrrp/core/types.js';
import { instant, seconds, type Instant } from '../../../src/lib/units.js';

const T0 = 1_000_000;
const at = (offset: number): Instant => instant(T0 + offset);
const ip = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

const ours = ip(10, 0, 0, 16);
const settings: RouterSettings = {
  version: 2,
  priority: 100,
  startAsOwner: false,
  preempt: true,
  advertInterval: seconds(1),
  primaryAddress: ours,
};
const peer = ip(10, 0, 0, 15);
const master: RouterState = { role: 'master', nextAdvertAt: at(1000) };
const backup: RouterState = {
  role: 'backup',
  masterDownAt: at(3609.375),
  ifSilent: 'no-master',
  master: undefined,
};
const leaving: RouterState = { role: 'leaving', releaseAt: at(1096.09375) };
const fault: RouterState = { role: 'fault', reason: 'interface-down' };

const advert = (priority: number, from = peer): RouterEvent => ({ type: 'advert', priority, from });
const following = (priority: number, offset: number, from = peer): RouterState => ({
  role: 'backup',
  masterDownAt: at(offset + 3609.375),
  ifSilent: 'master-silent',
  master: { address: from, priority },
});

/** A reload whose new settings are the row's. */
const reloaded = (before: Partial<RouterSettings> = {}): RouterEvent => ({
  type: 'changed',
  before: { ...settings, ...before },
});

interface Row {
  readonly source: string;
  readonly name: string;
  readonly given: RouterState;
  readonly settings?: Partial<RouterSettings>;
  readonly when: RouterEvent;
  readonly now?: number;
  readonly then: RouterState;
  readonly actions?: readonly string[];
}

const rows: readonly Row[] = [
  // Reload
  {
    source: 'keepalived',
    name: 'a master says its new priority at once',
    given: master,
    settings: { priority: 90 },
    when: reloaded(),
    now: 300,
    then: { role: 'master', nextAdvertAt: at(1300) },
    actions: ['advert 90'],
  },
  {
    source: 'ours',
    name: "a backup's timer is not started over; it moves by as much as its length has changed",
    given: backup,
    settings: { priority: 228 },
    when: reloaded(),
    now: 2000,
    then: { ...backup, masterDownAt: at(3109.375) },
  },
  {
    source: 'ours',
    name: 'another interval moves it by three times the difference',
    given: backup,
    settings: { advertInterval: seconds(2) },
    when: reloaded(),
    now: 2000,
    then: { ...backup, masterDownAt: at(6609.375) },
  },
  {
    source: 'ours',
    name: 'a backup whose master has said goodbye waits its new skew, whatever the interval is',
    given: { ...backup, ifSilent: 'master-left', masterDownAt: at(609.375) },
    settings: { priority: 228, advertInterval: seconds(2) },
    when: reloaded(),
    now: 100,
    then: { ...backup, ifSilent: 'master-left', masterDownAt: at(109.375) },
  },
  {
    source: 'ours',
    name: 'a router that hands over goes on doing so',
    given: leaving,
    settings: { priority: 200 },
    when: reloaded(),
    then: leaving,
  },
  {
    source: 'ours',
    name: 'one that has failed stays so',
    given: fault,
    settings: { priority: 200 },
    when: reloaded(),
    then: fault,
  },
  {
    source: 'ours',
    name: 'one that has not begun stays so',
    given: { role: 'init' },
    settings: { priority: 200 },
    when: reloaded(),
    then: { role: 'init' },
  },
  // Start
  {
    source: 'RFC 3768 §6.4.1',
    name: 'a router starts as backup, and lets go of what a crash has left',
    given: { role: 'init' },
    when: { type: 'startup' },
    then: backup,
    actions: ['release', 'init>backup startup'],
  },
  {
    source: 'RFC 3768 §6.4.1',
    name: 'an owner starts as master',
    given: { role: 'init' },
    settings: { priority: 255, startAsOwner: true },
    when: { type: 'startup' },
    then: master,
    actions: ['advert 255', 'hold', 'announce', 'init>master owner'],
  },
  {
    source: 'keepalived',
    name: 'an owner that is told to start as backup waits three intervals and 1/256 s',
    given: { role: 'init' },
    settings: { priority: 255 },
    when: { type: 'startup' },
    then: { role: 'backup', masterDownAt: at(3003.90625), ifSilent: 'no-master', master: undefined },
    actions: ['release', 'init>backup startup'],
  },
  {
    source: 'ours',
    name: 'a process that comes back while its peers still wait goes on as master',
    given: { role: 'init' },
    when: { type: 'startup', masterUntil: at(0.001) },
    then: master,
    actions: ['advert 100', 'hold', 'announce', 'init>master resumed'],
  },
  {
    source: 'ours',
    name: 'a process that comes back too late lets go first, and listens',
    given: { role: 'init' },
    when: { type: 'startup', masterUntil: at(0) },
    then: backup,
    actions: ['release', 'init>backup startup'],
  },
  {
    source: '-',
    name: 'a second startup changes nothing',
    given: master,
    when: { type: 'startup' },
    then: master,
  },
  {
    source: 'RFC 3768 §6.4.1',
    name: 'adverts before the start change nothing',
    given: { role: 'init' },
    when: advert(200),
    then: { role: 'init' },
  },

  // Backup
  {
    source: 'RFC 3768 §6.4.2',
    name: 'silence promotes: the advert, then the addresses, then their announcement',
    given: backup,
    when: { type: 'tick' },
    now: 3609.375,
    then: { role: 'master', nextAdvertAt: at(4609.375) },
    actions: ['advert 100', 'hold', 'announce', 'backup>master no-master'],
  },
  {
    source: '-',
    name: 'a tick a microsecond early does nothing',
    given: backup,
    when: { type: 'tick' },
    now: 3609.374,
    then: backup,
  },
  {
    source: 'RFC 3768 §6.4.2',
    name: 'priority 0 shortens the wait to the skew, whoever sent it',
    given: following(150, 0),
    when: advert(0),
    now: 500,
    then: { role: 'backup', masterDownAt: at(500 + 609.375), ifSilent: 'master-left', master: undefined },
  },
  {
    source: 'RFC 3768 §6.4.2',
    name: 'a greater master is followed',
    given: backup,
    when: advert(150),
    now: 200,
    then: following(150, 200),
  },
  {
    source: 'keepalived',
    name: 'an equal master is followed, whatever its address',
    given: backup,
    when: advert(100),
    now: 200,
    then: following(100, 200),
  },
  {
    source: 'keepalived',
    name: 'a lesser master does not restart the wait',
    given: backup,
    when: advert(50),
    now: 500,
    then: { ...backup, ifSilent: 'preempting', master: { address: peer, priority: 50 } },
  },
  {
    source: 'RFC 3768 §6.4.2',
    name: 'without preemption a lesser master is followed',
    given: backup,
    settings: { preempt: false },
    when: advert(50),
    then: following(50, 0),
  },
  {
    source: '-',
    name: 'a backup that is told to stop has nothing to hand over',
    given: backup,
    when: { type: 'shutdown' },
    then: { role: 'init' },
    actions: ['release', 'backup>init shutdown'],
  },

  // Master
  {
    source: 'RFC 3768 §6.4.3',
    name: 'the advert timer sends and starts again',
    given: master,
    when: { type: 'tick' },
    now: 1000.2,
    then: { role: 'master', nextAdvertAt: at(2000.2) },
    actions: ['advert 100'],
  },
  {
    source: 'RFC 3768 §6.4.3',
    name: 'priority 0 is answered',
    given: master,
    when: advert(0),
    then: master,
    actions: ['advert 100'],
  },
  {
    source: 'RFC 3768 §6.4.3',
    name: 'a greater priority demotes',
    given: master,
    when: advert(150),
    then: following(150, 0),
    actions: ['release', 'master>backup higher-priority'],
  },
  {
    source: 'RFC 3768 §6.4.3',
    name: 'an equal priority and a greater address demote',
    given: master,
    when: advert(100, ip(10, 0, 0, 17)),
    then: following(100, 0, ip(10, 0, 0, 17)),
    actions: ['release', 'master>backup tie-break'],
  },
  {
    source: 'RFC 9568 §6.4.3',
    name: 'an equal priority and a lesser address are answered',
    given: master,
    when: advert(100),
    then: master,
    actions: ['advert 100', 'announce'],
  },
  {
    source: 'RFC 9568 §6.4.3',
    name: 'a lesser priority is answered, and the timer goes on',
    given: master,
    when: advert(50),
    now: 300,
    then: master,
    actions: ['advert 100', 'announce'],
  },
  {
    source: '-',
    name: 'addresses are compared as numbers, not as text',
    given: master,
    when: advert(100, ip(10, 0, 0, 9)),
    then: master,
    actions: ['advert 100', 'announce'],
  },
  {
    source: '-',
    name: 'our own echo is no rival',
    given: master,
    when: advert(100, ours),
    now: 300,
    then: master,
  },
  {
    source: 'keepalived',
    name: 'a master without preemption yields all the same',
    given: master,
    settings: { preempt: false },
    when: advert(150),
    then: following(150, 0),
    actions: ['release', 'master>backup higher-priority'],
  },

  // Leaving
  {
    source: 'ours',
    name: 'a master that is told to stop resigns and keeps its addresses',
    given: master,
    when: { type: 'shutdown' },
    then: leaving,
    actions: ['advert 0', 'master>leaving shutdown'],
  },
  {
    source: 'ours',
    name: 'the successor has spoken: its announcements are waited for, but not for long',
    given: leaving,
    when: advert(50),
    now: 610,
    then: { role: 'leaving', releaseAt: at(710) },
  },
  {
    source: 'ours',
    name: 'its next advert gives it no more time',
    given: { role: 'leaving', releaseAt: at(710) },
    when: advert(50),
    now: 700,
    then: { role: 'leaving', releaseAt: at(710) },
  },
  {
    source: 'ours',
    name: 'the successor has announced the addresses: now they go',
    given: leaving,
    when: { type: 'succeeded' },
    now: 611,
    then: { role: 'init' },
    actions: ['release', 'leaving>init shutdown'],
  },
  {
    source: '-',
    name: 'a master that hears its addresses announced by another stays: adverts decide',
    given: master,
    when: { type: 'succeeded' },
    then: master,
  },
  {
    source: 'ours',
    name: 'another that resigns is no successor',
    given: leaving,
    when: advert(0),
    now: 610,
    then: leaving,
  },
  {
    source: 'ours',
    name: 'nobody speaks: the longest skew and a margin are enough',
    given: leaving,
    when: { type: 'tick' },
    now: 1096.09375,
    then: { role: 'init' },
    actions: ['release', 'leaving>init shutdown'],
  },
  {
    source: '-',
    name: 'it does not resign twice',
    given: leaving,
    when: { type: 'shutdown' },
    then: leaving,
  },
  {
    source: '-',
    name: 'its interface goes: there is nothing to wait for',
    given: leaving,
    when: { type: 'failed', reason: 'interface-down' },
    then: { role: 'init' },
    actions: ['release', 'leaving>init interface-down'],
  },

  // Fault
  {
    source: 'keepalived',
    name: 'a master whose interface goes says so, if it still can, and lets go',
    given: master,
    when: { type: 'failed', reason: 'interface-down' },
    then: fault,
    actions: ['advert 0', 'release', 'master>fault interface-down'],
  },
  {
    source: 'keepalived',
    name: 'a backup whose interface goes stops listening',
    given: backup,
    when: { type: 'failed', reason: 'interface-down' },
    then: fault,
    actions: ['release', 'backup>fault interface-down'],
  },
  {
    source: 'keepalived',
    name: 'a router without its interface waits for it',
    given: { role: 'init' },
    when: { type: 'failed', reason: 'interface-missing' },
    then: { role: 'fault', reason: 'interface-missing' },
    actions: ['release', 'init>fault interface-missing'],
  },
  {
    source: '-',
    name: 'a fault may change its reason',
    given: fault,
    when: { type: 'failed', reason: 'interface-missing' },
    then: { role: 'fault', reason: 'interface-missing' },
  },
  {
    source: 'keepalived',
    name: 'in fault, adverts change nothing',
    given: fault,
    when: advert(200),
    then: fault,
  },
  {
    source: 'keepalived',
    name: 'it comes back as backup, with the whole wait',
    given: fault,
    when: { type: 'recovered' },
    now: 700,
    then: { ...backup, masterDownAt: at(700 + 3609.375) },
    actions: ['release', 'fault>backup recovered'],
  },
  {
    source: 'RFC 3768 §6.4.1',
    name: 'an owner comes back as master',
    given: fault,
    settings: { priority: 255, startAsOwner: true },
    when: { type: 'recovered' },
    then: master,
    actions: ['advert 255', 'hold', 'announce', 'fault>master owner'],
  },
  {
    source: '-',
    name: 'good news without a fault changes nothing',
    given: backup,
    when: { type: 'recovered' },
    then: backup,
  },
];

describe('vrrp router: the machine', () => {
  for (const row of rows) {
    it(`${row.source}: ${row.name}`, () => {
      const got = step({ ...settings, ...row.settings }, row.given, row.when, at(row.now ?? 0));
      assert.deepEqual(got.state, row.then);
      assert.deepEqual(got.actions.map(brief), row.actions ?? []);
    });
  }

  it('skew and master-down are exact for every priority', () => {
    for (let priority = 1; priority <= 254; priority++) {
      const { state } = step({ ...settings, priority }, { role: 'init' }, { type: 'startup' }, at(0));
      assert.equal(deadline(state), at(3000 + ((256 - priority) * 1000) / 256), `priority ${priority}`);
    }
  });

  const event: fc.Arbitrary<RouterEvent> = fc.oneof(
    fc.constant({ type: 'startup' } as const),
    fc.constant({ type: 'shutdown' } as const),
    fc.constant({ type: 'tick' } as const),
    fc.constant({ type: 'recovered' } as const),
    fc.constant({ type: 'succeeded' } as const),
    fc.constant({ type: 'failed', reason: 'interface-down' } as const),
    fc.record({
      type: fc.constant('advert' as const),
      priority: fc.integer({ min: 0, max: 255 }),
      from: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    }),
  );

  it('whatever happens: no deadline is forgotten, and addresses are held as master and while leaving alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 0, max: 5000 }))),
        fc.integer({ min: 1, max: 255 }),
        (story, priority) => {
          let state: RouterState = { role: 'init' };
          let now = at(0);
          let holds = false;
          for (const [when, pause] of story) {
            now = instant(now + pause);
            const next = step({ ...settings, priority }, state, when, now);
            for (const action of next.actions) {
              if (action.type === 'holdAddresses') holds = true;
              if (action.type === 'releaseAddresses') holds = false;
            }
            state = next.state;
            assert.equal(holds, state.role === 'master' || state.role === 'leaving', state.role);
            assert.equal(deadline(state) === undefined, state.role === 'init' || state.role === 'fault');
          }
        },
      ),
    );
  });
});

function brief(action: RouterAction): string {
  switch (action.type) {
    case 'sendAdvert':
      return `advert ${action.priority}`;
    case 'holdAddresses':
      return 'hold';
    case 'releaseAddresses':
      return 'release';
    case 'announceAddresses':
      return 'announce';
    case 'roleChanged':
      return `${action.from}>${action.to} ${action.reason}`;
  }
}
