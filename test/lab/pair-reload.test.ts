import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, nowMicros, type Daemon } from './daemon.js';
import { Director } from './director.js';
import { buildPair, takeDown, tellOnFailure, type Arena } from './duel.js';
import { GUIDE_TABLE, VIP, guideConfig, tableBecomes, type GuideNetwork } from './guide.js';
import { Prober } from './prober.js';
import type { Request } from './requester.js';

const RELOADS = 100;
const OTHER_VIP = '10.0.0.14';

interface Change {
  readonly name: string;
  readonly edit: (config: string) => string;
}

/** What operators do to a file that is in use; none of it is worth a lost request. */
const CHANGES: readonly Change[] = [
  { name: 'a weight', edit: c => c.replace('weight 1 ', 'weight 3 ') },
  { name: 'the scheduler', edit: c => c.replace('lb_algo wrr', 'lb_algo wlc') },
  {
    // 150 and 100 become 250 and 200.
    name: 'another name and another priority',
    edit: c => c.replace('VI_1', 'WEB').replace('priority 1', 'priority 2'),
  },
  { name: 'a second address', edit: c => c.replace(`${VIP}/24`, `${VIP}/24\n${OTHER_VIP}/24`) },
  {
    name: 'a second service',
    edit: c =>
      `${c}\nvirtual_server ${VIP} 8080 { protocol TCP\nlb_kind DR\nreal_server 10.0.0.17 8080 { } }\n`,
  },
  { name: 'other checks', edit: c => c.replaceAll('delay_loop 6', 'delay_loop 4') },
  { name: 'fewer announcements', edit: c => c.replace('advert_int 1', 'advert_int 1\ngarp_master_delay 2') },
];

/** What must not do anything. */
const MISTAKES: readonly Change[] = [
  { name: 'an address that is none', edit: c => c.replace(`${VIP}/24`, '10.0.0.256/24') },
  { name: 'what is not there yet', edit: c => c.replace('advert_int 1', 'advert_int 1\nuse_vmac') },
  { name: 'no interface', edit: c => c.replace('interface eth0', '') },
  { name: 'an empty file', edit: () => '' },
  { name: 'noise', edit: () => '\u0000\u0001{{{}}\u0007 virtual_server "' },
];

const fileFor = (name: 'lb03' | 'lb04', change: Change): string => change.edit(guideConfig(name));

const UNCHANGED: Change = { name: 'the file as it was', edit: c => c };

const turn = (i: number): { readonly change: Change; readonly usable: boolean } => {
  const pick = (all: readonly Change[]): Change => all[Math.floor(i / 3) % all.length]!;
  switch (i % 3) {
    case 0:
      return { change: pick(CHANGES), usable: true };
    case 1:
      return { change: pick(MISTAKES), usable: false };
    default:
      return { change: UNCHANGED, usable: true };
  }
};

describe(`a pair that is reloaded ${RELOADS} times while a client is served`, function () {
  this.timeout(300_000);
  let network: GuideNetwork;
  let arena: Arena;
  let requests: Daemon;

  before(async () => {
    ({ network, arena } = await buildPair());
    const { lb03, lb04 } = arena;
    lb03.start();
    lb04.start();
    await lb03.becomes('MASTER', { within: 60_000 });
    await lb04.becomes('BACKUP', { within: 60_000 });
    await Promise.all([lb03, lb04].map(({ host }) => tableBecomes(host, GUIDE_TABLE, 20_000)));
  });

  after(() => takeDown(arena));

  tellOnFailure(() => arena);

  it('answers each reload truthfully, changes no role, and loses no request', async () => {
    const { lb03, lb04, capture, topology } = arena;
    const pids = await Promise.all([pidsOf(lb03), pidsOf(lb04)]);
    const prober = await Prober.start(topology.host('client'), VIP, 20);
    const requester = join(dirname(fileURLToPath(import.meta.url)), 'requester.js');
    requests = network.client.start([process.execPath, requester, `http://${VIP}/`, '50', '5000']);
    await requests.line(/"page"/, { within: 30_000 });
    const since = nowMicros();
    const took: number[] = [];
    for (let i = 0; i < RELOADS; i++) {
      const [name, director] = i % 2 === 0 ? (['lb03', lb03] as const) : (['lb04', lb04] as const);
      const { change, usable } = turn(Math.floor(i / 2));
      const before = (await director.state()).config;
      const asked = performance.now();
      const { ok, problems } = await director.reload(fileFor(name, change));
      took.push(performance.now() - asked);
      const said = problems.map(p => `${p.line}: ${p.message}`).join('\n');
      assert.equal(ok, usable, `reload ${i} of ${name} with ${change.name}: ${said}`);
      const { config, vrrp } = await director.state();
      if (!usable) assert.deepEqual(config, before, `${change.name} has changed something`);
      assert.equal(vrrp.instances[0]?.role, name === 'lb03' ? 'MASTER' : 'BACKUP', change.name);
    }
    for (const director of [lb03, lb04]) {
      const { ok } = await director.reload(guideConfig(director === lb03 ? 'lb03' : 'lb04'));
      assert.ok(ok);
    }
    await requests.stop();
    await prober.stop();
    took.sort((a, b) => a - b);
    console.log(
      `      ${RELOADS} reloads: median ${took[took.length >> 1]!.toFixed(0)} ms, longest ${took.at(-1)!.toFixed(0)} ms`,
    );

    const answered = requests.lines.map(({ text }) => JSON.parse(text) as Request);
    const lost = answered.filter(({ page }) => page === null);
    assert.deepEqual(lost, [], `of ${answered.length} requests`);
    assert.ok(answered.length > RELOADS / 2, `only ${answered.length} requests were made`);
    assert.deepEqual(prober.lost(since), []);

    const adverts = capture.adverts().filter(({ at }) => at >= since);
    const foreign = adverts.filter(({ source }) => source !== lb03.host.address);
    assert.deepEqual(foreign, [], 'lb04 has spoken');
    const gaps = adverts.slice(1).map(({ at }, i) => (at - adverts[i]!.at) / 1000);
    // The whole kernel may stand still when its own machine is busy: then the client has asked for nothing, either.
    const silence = Math.max(...gaps) - prober.blindness(since);
    assert.ok(silence < 1500, `lb03 was silent for ${Math.max(...gaps)} ms`);
    assert.deepEqual(await Promise.all([pidsOf(lb03), pidsOf(lb04)]), pids, 'a process was started again');
  });

  it('leaves nothing behind', async () => {
    const { lb03, lb04 } = arena;
    for (const { host } of [lb03, lb04]) await tableBecomes(host, GUIDE_TABLE, 10_000);
    for (const { host } of [lb03, lb04]) assert.equal(await host.holds(OTHER_VIP), false);
    assert.deepEqual([await lb03.host.holds(VIP), await lb04.host.holds(VIP)], [true, false]);
    await eventually('both have judged their checks', async () =>
      (await Promise.all([lb03.state(), lb04.state()])).every(({ ipvs }) =>
        ipvs.services.every(({ servers }) => servers.every(({ verdict }) => verdict === 'UP')),
      ),
    );
  });
});

const pidsOf = async (director: Director): Promise<readonly (number | null)[]> =>
  (await director.state()).processes.map(({ pid }) => pid);
