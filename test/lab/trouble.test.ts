import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateDocument } from '../../src/ipc/document.js';
import { skip } from '../skip.js';
import { Capture } from './capture.js';
import { eventually, kill, nowMicros } from './daemon.js';
import { Director } from './director.js';
import { tellOnFailure, vrrpPart } from './duel.js';
import { GUIDE_DIRECTORS, ROOT, VIP } from './guide.js';
import { Topology } from './topology.js';

/** Two directors, of which lb03 gets into every kind of trouble; lb04 stays out of it unless a test wants it. */
describe('a director in trouble', () => {
  let topology: Topology;
  let lb03: Director;
  let lb04: Director;

  beforeEach(async () => {
    topology = await Topology.create(GUIDE_DIRECTORS);
    lb03 = new Director(topology.host('lb03'), 'holdfast', vrrpPart('lb03'), { vrrpOnly: true });
    lb04 = new Director(topology.host('lb04'), 'holdfast', vrrpPart('lb04'), { vrrpOnly: true });
  });
  tellOnFailure(() => ({ topology, lb03, lb04, capture: undefined as never }));
  afterEach(() => {
    lb03.remove();
    lb04.remove();
    topology.remove();
  });

  const masterAlone = async (): Promise<void> => {
    lb03.start();
    await lb03.becomes('MASTER');
    await holds(true);
  };
  const holds = (wanted: boolean): Promise<unknown> =>
    eventually(
      `lb03 ${wanted ? 'holds' : 'does not hold'} the address`,
      async () => (await lb03.host.holds(VIP)) === wanted,
    );
  const pidOf = (state: StateDocument, name: string): number =>
    state.processes.find(p => p.name === name)!.pid!;

  it('waits for an interface that is not there, and begins when it comes', async () => {
    lb03.reconfigure(vrrpPart('lb03').replace('interface eth0', 'interface eth9'));
    lb03.start();
    await lb03.becomes('FAULT');
    assert.equal((await lb03.state()).vrrp.instances[0]!.reason, 'interface-missing');
    await lb03.host.ip('link', 'set', 'eth0', 'down');
    await lb03.host.ip('link', 'set', 'eth0', 'name', 'eth9');
    await lb03.host.ip('link', 'set', 'eth9', 'up');
    await lb03.becomes('MASTER');
    assert.match(await lb03.host.ip('addr', 'show', 'eth9'), new RegExp(`${VIP}/24`));
  });

  it('goes on when its interface is deleted and comes back with another index', async () => {
    await masterAlone();
    await lb03.host.ip('link', 'set', 'eth0', 'name', 'gone0');
    await lb03.becomes('FAULT');
    await lb03.host.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
    await lb03.host.ip('link', 'set', 'peer0', 'up');
    await lb03.host.ip('link', 'set', 'eth0', 'up');
    await lb03.host.ip('addr', 'add', '10.0.0.15/24', 'dev', 'eth0');
    await lb03.becomes('MASTER');
    await eventually('the address on the new interface', async () =>
      (await lb03.host.ip('addr', 'show', 'eth0')).includes(`${VIP}/24`),
    );
  });

  it('has no address of its own to speak from: it says so, and begins when it has one', async () => {
    await lb03.host.ip('addr', 'flush', 'dev', 'eth0');
    lb03.start();
    await lb03.becomes('FAULT');
    assert.equal((await lb03.state()).vrrp.instances[0]!.reason, 'no-address');
    await lb03.host.ip('addr', 'add', '10.0.0.15/24', 'dev', 'eth0');
    await lb03.becomes('MASTER');
  });

  it('takes off at its start what a crash has left, before it listens', async () => {
    await lb03.host.ip('addr', 'add', `${VIP}/24`, 'dev', 'eth0');
    lb03.start();
    await lb03.becomes('BACKUP');
    await holds(false);
    await lb03.becomes('MASTER');
    await holds(true);
  });

  it('puts back an address that somebody takes off, stays master, says so and counts it', async () => {
    await masterAlone();
    const since = nowMicros();
    await lb03.host.ip('addr', 'del', `${VIP}/24`, 'dev', 'eth0');
    await lb03.line(/address repaired/, { since });
    await holds(true);
    const [instance] = (await lb03.state()).vrrp.instances;
    assert.deepEqual(
      [instance!.role, instance!.counters.becameMaster, instance!.counters.addressesRepaired],
      ['MASTER', 1, 1],
    );
  });

  it('announces by the arping program where an operator chose that', async () => {
    lb03.remove();
    lb03 = new Director(
      topology.host('lb03'),
      'holdfast',
      vrrpPart('lb03').replace('advert_int 1', 'advert_int 1\ngarp_master_repeat 2'),
      {
        vrrpOnly: true,
        environment: { HOLDFAST_ANNOUNCE_WITH: 'arping' },
      },
    );
    const capture = await Capture.start(topology.wire, 'br0');
    try {
      await masterAlone();
      await eventually('two announcements', () =>
        Promise.resolve(capture.arps().filter(a => a.sender === VIP).length === 2),
      );
      for (const { operation, target, senderMac } of capture.arps().filter(a => a.sender === VIP)) {
        assert.deepEqual([operation, target, senderMac], ['request', VIP, '02:00:0a:00:00:0f']);
      }
    } finally {
      await capture.stop();
    }
  });

  it('hands over when its supervisor is killed: nothing is left that could bring it back', async () => {
    await masterAlone();
    lb04.start();
    await lb04.becomes('BACKUP');
    const { pid, processes } = await lb03.state();
    kill(pid, 'SIGKILL');
    await lb04.becomes('MASTER');
    await holds(false);
    await eventually('the children to be gone', () =>
      Promise.resolve(processes.every(p => !existsSync(`/proc/${p.pid}`))),
    );
  });

  it('lets go of the address when its vrrp process dies over and over', async function () {
    this.timeout(60_000);
    await masterAlone();
    // Five deaths a minute are answered at once; after that the pauses grow beyond what a backup waits.
    const gaveUp = (): boolean => lb03.lines.some(({ text }) => text.includes('"respawnInMs":4000'));
    while (!gaveUp()) {
      const vrrp = await eventually(
        'a vrrp process',
        async () => pidOf(await lb03.state(), 'vrrp') || undefined,
      );
      kill(vrrp, 'SIGKILL');
      await eventually('its death to be known', async () => pidOf(await lb03.state(), 'vrrp') !== vrrp);
    }
    await lb03.line(/address taken off by the supervisor/);
    await holds(false);
  });

  it('leaves no address behind when it is stopped while its vrrp process is dead', async () => {
    await masterAlone();
    const died = (): number => lb03.lines.filter(({ text }) => text.includes('process died')).length;
    // The sixth death within a minute is answered after a second: time enough to be stopped in between.
    for (let death = 1; death <= 6; death++) {
      const vrrp = await eventually(
        'a vrrp process',
        async () => pidOf(await lb03.state(), 'vrrp') || undefined,
      );
      await lb03.becomes('MASTER');
      kill(vrrp, 'SIGKILL');
      await eventually('its death to be known', () => Promise.resolve(died() === death));
    }
    assert.equal(await lb03.host.holds(VIP), true);
    assert.deepEqual(await lb03.stop(), { code: 0, signal: null });
    assert.equal(await lb03.host.holds(VIP), false);
  });

  it('writes its state to a file on USR1', async () => {
    await masterAlone();
    const { pid } = await lb03.state();
    kill(pid, 'SIGUSR1');
    const file = join(lb03.folder, 'state/state.json');
    await eventually('the file', () => Promise.resolve(existsSync(file)));
    const written = JSON.parse(readFileSync(file, 'utf8')) as StateDocument;
    assert.equal(written.vrrp.instances[0]!.role, 'MASTER');
    assert.doesNotMatch(readFileSync(file, 'utf8'), /1111/, 'the password is in it');
  });

  it('obeys nothing of ten thousand broken adverts, and is there afterwards', async function () {
    this.timeout(60_000);
    await masterAlone();
    const { pid } = await lb03.state();
    const script = join(ROOT, 'dist/test/lab/flood.js');
    execFileSync('ip', [...topology.host('lb04').inside([process.execPath, script, '10000']).slice(1)]);
    const [instance] = (await lb03.state()).vrrp.instances;
    const dropped = Object.values(instance!.counters.dropped).reduce((sum, n) => sum + n, 0);
    assert.deepEqual(
      [instance!.role, instance!.counters.becameMaster, instance!.counters.advertsReceived],
      ['MASTER', 1, 0],
    );
    assert.ok(dropped > 5000, `${dropped} were dropped with a reason`);
    assert.equal((await lb03.state()).processes.find(p => p.name === 'vrrp')!.respawns, 0);
    assert.equal((await lb03.state()).pid, pid);
  });

  it('says in one line what is missing when this kernel has no IPVS, and ends with 4', function () {
    if (existsSync('/proc/net/ip_vs')) skip(this, 'this kernel has IPVS');
    const file = join(lb03.folder, 'guide.conf');
    execFileSync('cp', [join(ROOT, 'config/lb03.conf'), file]);
    const command = [
      join(ROOT, 'bin/holdfast'),
      'run',
      '-f',
      file,
      '--socket',
      lb03.socket,
      '--state-dir',
      lb03.folder,
    ];
    const { status, stderr } = spawnSync('ip', lb03.host.inside(command).slice(1), {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(status, 4, stderr);
    const lines = stderr.split('\n').filter(line => line.includes('error'));
    assert.equal(lines.length, 1, stderr);
    assert.match(lines[0]!, /lacks something what=".*modprobe ip_vs/);
  });
});
