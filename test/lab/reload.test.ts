import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture } from './capture.js';
import { Daemon, eventually, kill, nowMicros } from './daemon.js';
import { Director } from './director.js';
import { tellOnFailure, vrrpPart } from './duel.js';
import { GUIDE_DIRECTORS, ROOT, VIP } from './guide.js';
import { Prober, milliseconds } from './prober.js';
import { Topology } from './topology.js';

const OTHER_VIP = '10.0.0.14';

/** Prints each datagram that comes, in one line. */
const LISTENER =
  'import socket,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.bind(sys.argv[1]); print("bound",flush=True)\n' +
  'while True: print(s.recv(4096).decode().replace("\\n"," "),flush=True)';

/** lb03 is reloaded; its peer is keepalived, which must not notice. */
describe('a director that is reloaded, beside keepalived', () => {
  let topology: Topology;
  let capture: Capture;
  let lb03: Director;
  let lb04: Director;
  let manager: Daemon;
  const notifySocket = join('/tmp', `holdfast-reload.${process.pid}`);

  before(async () => {
    topology = await Topology.create(GUIDE_DIRECTORS);
    capture = await Capture.start(topology.wire, 'br0');
    manager = Daemon.start('a service manager', ['python3', '-c', LISTENER, notifySocket]);
    await manager.line(/bound/);
    lb03 = new Director(topology.host('lb03'), 'holdfast', vrrpPart('lb03'), {
      vrrpOnly: true,
      environment: { NOTIFY_SOCKET: notifySocket },
    });
    lb04 = new Director(topology.host('lb04'), 'keepalived', vrrpPart('lb04'), { vrrpOnly: true });
    lb03.start();
    await lb03.becomes('BACKUP'); // it listens: lb04 cannot come first
    lb04.start();
    await lb03.becomes('MASTER');
    await eventually('lb03 holds the address', () => lb03.host.holds(VIP));
  });
  after(async () => {
    lb03.remove();
    lb04.remove();
    manager.killAll();
    rmSync(notifySocket, { force: true });
    await capture.stop();
    topology.remove();
  });
  tellOnFailure(() => ({ topology, lb03, lb04, capture }));

  const file = (edit: (config: string) => string = c => c): string => edit(vrrpPart('lb03'));
  const instance = async () => (await lb03.state()).vrrp.instances[0]!;
  const advertSince = (since: number) =>
    capture.advert(({ source }) => source === lb03.host.address, { since });
  const spokenBy = (director: Director, since: number) =>
    capture.adverts().filter(({ source, at }) => source === director.host.address && at >= since);

  it('by SIGHUP, and tells the service manager', async () => {
    const { loadedAt } = (await lb03.state()).config;
    const since = nowMicros();
    kill(lb03.daemon.pid, 'SIGHUP');
    await manager.line(/^RELOADING=1 MONOTONIC_USEC=\d+$/, { since });
    await manager.line(/^READY=1 STATUS=runs /, { since });
    assert.notEqual((await lb03.state()).config.loadedAt, loadedAt);
    await lb03.line(/"by":"SIGHUP".*configuration reloaded/, { since });
  });

  it('with a broken file: nothing changes, and the service manager is told why', async () => {
    const before = await lb03.state();
    const since = nowMicros();
    const { ok, problems } = await lb03.reload(file(c => c.replace('priority 150', 'priority\n} }')));
    assert.equal(ok, false);
    assert.ok(problems.some(p => p.severity === 'error' && p.shown.includes('^')));
    await manager.line(/^READY=1 STATUS=keeps its configuration/, { since });
    const now = await lb03.state();
    assert.deepEqual(now.config, before.config);
    assert.equal(now.vrrp.instances[0]!.role, 'MASTER');
    await advertSince(since);
  });

  it('not by a plan, which shows what would change and changes nothing', async () => {
    const before = await lb03.state();
    const since = nowMicros();
    const other = join(lb03.folder, 'other.conf');
    writeFileSync(
      other,
      file(c => c.replace('150', '140').replace(`${VIP}/24`, `${VIP}/24\n${OTHER_VIP}/24`)),
    );
    const shown = await lb03.host.run(
      join(ROOT, 'bin/holdfast'),
      'plan',
      '-f',
      other,
      '--socket',
      lb03.socket,
    );
    assert.match(shown, /: no problems; what it would change: a reload of the running agent\n/);
    assert.match(
      shown,
      /^~ vrrp_instance VI_1, now MASTER: changed in place\n {4}~ priority 150 -> 140\n {4}\+ 10\.0\.0\.14\/24 on eth0\n/m,
    );
    assert.doesNotMatch(shown, /1111/);
    await advertSince(since);
    const now = await lb03.state();
    assert.deepEqual(now.config, before.config);
    assert.deepEqual(now.vrrp.instances[0]!.addresses, before.vrrp.instances[0]!.addresses);
    assert.equal(await lb03.host.holds(OTHER_VIP), false);
  });

  it('with another name and another priority: its next advert says so at once', async () => {
    const since = nowMicros();
    assert.ok((await lb03.reload(file(c => c.replace('VI_1', 'WEB').replace('150', '160')))).ok);
    const advert = await advertSince(since);
    assert.equal(advert.priority, 160);
    assert.deepEqual([(await instance()).name, (await instance()).role], ['WEB', 'MASTER']);
    assert.equal(await lb03.host.holds(VIP), true);
  });

  it('with a second address: it is put on and announced, and the first is never off', async () => {
    const prober = await Prober.start(topology.host('client'), VIP);
    const since = nowMicros();
    await lb03.reload(file(c => c.replace(`${VIP}/24`, `${VIP}/24\n${OTHER_VIP}/24`)));
    await eventually('the second address', () => lb03.host.holds(OTHER_VIP));
    await eventually('its announcement', () =>
      Promise.resolve(capture.arps().some(({ sender, at }) => sender === OTHER_VIP && at >= since)),
    );
    await lb03.reload(file());
    await eventually('the second address has gone', async () => !(await lb03.host.holds(OTHER_VIP)));
    await prober.stop();
    assert.deepEqual(prober.outages(since).map(milliseconds), []);
  });

  it('with the addresses the other way round in two instances: neither is off', async () => {
    const two = (first: string, second: string): string =>
      file(c => c.replace(`${VIP}/24`, `${first}/24`)) +
      file(c => c.replace('VI_1', 'VI_2').replace('51', '52').replace(`${VIP}/24`, `${second}/24`)).replace(
        /global_defs[^}]*\}/,
        '',
      );
    await lb03.reload(two(VIP, OTHER_VIP));
    await eventually('the second instance is master', async () =>
      (await lb03.state()).vrrp.instances.every(({ role }) => role === 'MASTER'),
    );
    await eventually('both addresses', async () => {
      return (await lb03.host.holds(VIP)) && (await lb03.host.holds(OTHER_VIP));
    });
    const prober = await Prober.start(topology.host('client'), VIP);
    const since = nowMicros();
    assert.ok((await lb03.reload(two(OTHER_VIP, VIP))).ok);
    await prober.stop();
    assert.deepEqual(prober.outages(since).map(milliseconds), []);
    assert.deepEqual([await lb03.host.holds(VIP), await lb03.host.holds(OTHER_VIP)], [true, true]);
    await lb03.reload(file());
    await eventually('the second instance has gone', async () => !(await lb03.host.holds(OTHER_VIP)));
    assert.equal(await lb03.host.holds(VIP), true);
  });

  it('without keepalived having said a word all the time', () => {
    assert.deepEqual(spokenBy(lb04, 0), []);
  });

  it('with another VRID: keepalived takes over without loss', async () => {
    const prober = await Prober.start(topology.host('client'), VIP);
    const since = nowMicros();
    const { ok, plan } = await lb03.reload(
      file(c => c.replace('virtual_router_id 51', 'virtual_router_id 52')),
    );
    assert.ok(ok);
    assert.equal(plan?.instances[0]?.fate, 'restarted');
    await lb04.becomes('MASTER', { since });
    await eventually('lb04 holds the address', () => lb04.host.holds(VIP));
    const goodbye = spokenBy(lb03, since).find(({ priority }) => priority === 0);
    assert.equal(goodbye?.virtualRouterId, 51);
    await prober.stop();
    const longest = milliseconds(prober.outage(since).longest);
    assert.ok(longest < 100, `the client had to wait ${longest} ms`);
  });

  it('goes on with the new file when its vrrp process is killed right after it', async () => {
    await lb03.reload(file());
    await lb03.becomes('MASTER');
    await lb03.reload(file(c => c.replace('VI_1', 'WEB')));
    const before = (await lb03.state()).processes.find(({ name }) => name === 'vrrp')!;
    const since = (await advertSince(nowMicros())).at;
    kill(before.pid!, 'SIGKILL');
    await eventually('another vrrp process', async () => {
      const now = (await lb03.state()).processes.find(({ name }) => name === 'vrrp')!;
      return now.pid !== null && now.pid !== before.pid;
    });
    await eventually('the new process goes on as master', async () => {
      const { name, role, reason } = await instance();
      return `${name} ${role} ${reason}` === 'WEB MASTER resumed';
    });
    assert.equal(await lb03.host.holds(VIP), true);
    assert.deepEqual(spokenBy(lb04, since + 1), []);
  });
});
