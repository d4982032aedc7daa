import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture } from './capture.js';
import { eventually, nowMicros } from './daemon.js';
import { Director } from './director.js';
import { tellOnFailure, vrrpPart } from './duel.js';
import { GUIDE_DIRECTORS, VIP } from './guide.js';
import { Topology } from './topology.js';

/** lb03 watches scripts and interfaces; its peer is keepalived at priority 100. */
describe('a director that watches scripts and interfaces, beside keepalived', () => {
  let topology: Topology;
  let capture: Capture;
  let lb03: Director;
  let lb04: Director;
  /** While this file is there, the script fails. */
  let trouble: string;

  const withScript = (weight: string, more = ''): string =>
    `vrrp_script chk {
       script "/usr/bin/test ! -e ${trouble}"
       interval 0.2
       user root
       ${weight}
       ${more}
     }
     ${vrrpPart('lb03').replace('advert_int 1', 'advert_int 1\ntrack_script { chk }')}`;

  beforeEach(async () => {
    topology = await Topology.create(GUIDE_DIRECTORS);
    capture = await Capture.start(topology.wire, 'br0');
    lb03 = new Director(topology.host('lb03'), 'holdfast', vrrpPart('lb03'), { vrrpOnly: true });
    lb04 = new Director(topology.host('lb04'), 'keepalived', vrrpPart('lb04'), { vrrpOnly: true });
    trouble = join(lb03.folder, 'trouble');
  });
  tellOnFailure(() => ({ topology, lb03, lb04, capture }));
  afterEach(async () => {
    lb03.remove();
    lb04.remove();
    await capture.stop();
    topology.remove();
  });

  const begin = async (config: string): Promise<void> => {
    lb03.reconfigure(config);
    lb03.start();
    await lb03.becomes('BACKUP');
    lb04.start();
    await lb03.becomes('MASTER');
    await eventually('lb03 holds the address', () => lb03.host.holds(VIP));
  };
  const instance = async () => (await lb03.state()).vrrp.instances[0]!;

  it('gives the role away while its script fails, and takes it back', async () => {
    await begin(withScript(''));
    const since = nowMicros();
    writeFileSync(trouble, '');
    await lb03.becomes('FAULT');
    assert.equal((await instance()).reason, 'tracked-script');
    await lb04.becomes('MASTER', { since });
    assert.equal(await lb03.host.holds(VIP), false);
    const goodbye = await capture.advert(({ priority }) => priority === 0, { since });
    assert.equal(goodbye.source, lb03.host.address);
    rmSync(trouble);
    await lb03.becomes('MASTER');
  });

  it('lowers its priority while its script fails: keepalived takes over, and gives way again', async () => {
    await begin(withScript('weight -60'));
    const since = nowMicros();
    writeFileSync(trouble, '');
    const lowered = await capture.advert(({ priority }) => priority === 90, { since });
    assert.equal(lowered.source, lb03.host.address);
    await lb04.becomes('MASTER', { since });
    await lb03.becomes('BACKUP');
    assert.deepEqual([(await instance()).basePriority, (await instance()).priority], [150, 90]);
    rmSync(trouble);
    await lb03.becomes('MASTER');
    assert.equal((await instance()).priority, 150);
  });

  it('waits for a script that decides before it takes part at all', async () => {
    writeFileSync(join(lb03.folder, 'slow'), '#!/bin/sh\nsleep 1\n', { mode: 0o755 });
    lb03.reconfigure(
      withScript('', 'timeout 5').replace(/script ".*"/, `script "${join(lb03.folder, 'slow')}"`),
    );
    lb03.start();
    await lb03.becomes('FAULT');
    assert.equal((await instance()).reason, 'script-pending');
    await lb03.becomes('MASTER', { within: 20_000 });
  });

  it('ends a script that hangs, and counts it as failed; no advert is late for it', async () => {
    await begin(withScript(''));
    const since = nowMicros();
    writeFileSync(join(lb03.folder, 'hangs'), '#!/bin/sh\nsleep 1000\n', { mode: 0o755 });
    const { ok } = await lb03.reload(
      withScript('weight -10', 'timeout 0.5').replace(
        /script ".*"/,
        `script "${join(lb03.folder, 'hangs')}"`,
      ),
    );
    assert.ok(ok);
    await lb03.line(/script has failed.*took too long|took too long.*script has failed/, { since });
    await capture.advert(({ priority }) => priority === 140, { since });
    const adverts = capture.adverts().filter(({ source, at }) => source === lb03.host.address && at > since);
    const gaps = adverts.slice(1).map(({ at }, i) => at - adverts[i]!.at);
    assert.ok(Math.max(...gaps) < 1_300_000, `an advert was late: ${Math.max(...gaps)} µs`);
    assert.equal((await instance()).role, 'MASTER');
  });

  it('keeps what its script said when its vrrp process is killed', async () => {
    await begin(withScript('weight -60'));
    writeFileSync(trouble, '');
    await lb03.becomes('BACKUP');
    const { pid } = (await lb03.state()).processes.find(({ name }) => name === 'vrrp')!;
    process.kill(pid!, 'SIGKILL');
    await eventually('a new process with the same priority', async () => {
      const state = await lb03.state();
      const now = state.processes.find(({ name }) => name === 'vrrp')!;
      return now.pid !== null && now.pid !== pid && state.vrrp.instances[0]!.priority === 90;
    });
  });

  it('fails with an interface that it watches', async () => {
    await lb03.host.ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'peer1');
    await lb03.host.ip('link', 'set', 'peer1', 'up');
    await lb03.host.ip('link', 'set', 'eth1', 'up');
    await begin(vrrpPart('lb03').replace('advert_int 1', 'advert_int 1\ntrack_interface { eth1 }'));
    const since = nowMicros();
    await lb03.host.ip('link', 'set', 'peer1', 'down');
    await lb03.becomes('FAULT');
    assert.equal((await instance()).reason, 'tracked-interface');
    await lb04.becomes('MASTER', { since });
    await lb03.host.ip('link', 'set', 'peer1', 'up');
    await lb03.becomes('MASTER');
  });
});
