import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TcpCheck } from '../../src/checkers/check.js';
import type { CheckerConfig } from '../../src/ipc/messages.js';
import type { RealServer, VirtualServer } from '../../src/ipvs/service.js';
import { CheckerProcess } from './checker.js';
import { eventually, nowMicros, type Daemon } from './daemon.js';
import { guideNetwork, ROOT, VIP, type GuideNetwork } from './guide.js';

const PORT = 7;
const TALK = join(ROOT, 'dist/test/lab/talk.js');
const SERVICE = `-t ${VIP}:${PORT}`;

const check = (last: number, change: Partial<TcpCheck> = {}): TcpCheck => ({
  type: 'TCP_CHECK',
  connectAddress: `10.0.0.${last}`,
  connectPort: PORT,
  timeoutMs: 2000,
  retry: 1,
  delayBeforeRetryMs: 100,
  delayLoopMs: 300,
  warmupMs: 100,
  ...change,
});

const server = (last: number, change: Partial<RealServer> = {}): RealServer => ({
  address: `10.0.0.${last}`,
  port: PORT,
  weight: 1,
  inhibitOnFailure: false,
  checks: [check(last)],
  ...change,
});

const service = (realServers: readonly RealServer[], change: Partial<VirtualServer> = {}): VirtualServer => ({
  protocol: 'tcp',
  address: VIP,
  port: PORT,
  scheduler: 'wrr',
  forwarding: 'DR',
  persistenceTimeout: 50,
  quorum: 1,
  realServers,
  ...change,
});

describe('a reload of the checker process on a real kernel, while a client talks', () => {
  let network: GuideNetwork;
  let folder: string;
  let checker: CheckerProcess;
  let client: Daemon;
  /** The last part of the address of the server that the client talks to, and of the other one. */
  let [mine, other] = [17, 18];

  before(async function () {
    this.timeout(120_000);
    network = await guideNetwork();
    folder = mkdtempSync(join(tmpdir(), 'holdfast-reload-'));
    const { lb03, web03, web04 } = network;
    for (const { host } of [web03, web04]) {
      const talker = host.start([process.execPath, TALK, 'server', String(PORT)]);
      talkers.set(Number(host.address.split('.')[3]), talker);
      await talker.line(/^listening/, { within: 30_000 });
    }
    await lb03.ip('addr', 'add', `${VIP}/32`, 'dev', 'eth0');
    await lb03.run('ipvsadm', '-A', '-t', '10.9.9.9:80', '-s', 'rr');
    await lb03.run('ipvsadm', '-a', '-t', '10.9.9.9:80', '-r', '10.0.0.66', '-g');

    checker = new CheckerProcess(config([service([server(17), server(18)])]), lb03);
    await checker.ready(30_000);
    await checker.heard('real server up', 2, 30_000);
    client = network.client.start([process.execPath, TALK, 'client', VIP, String(PORT)]);
    await talkGoesOn();
    const connections = await lb03.run('ipvsadm', '-Lnc');
    mine = Number(/ESTABLISHED.* 10\.0\.0\.(\d+):7\s/.exec(connections)?.[1]);
    other = 35 - mine;
    assert.ok([17, 18].includes(mine), connections);
  });

  after(() => {
    network.topology.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const talkers = new Map<number, Daemon>();

  const config = (services: readonly VirtualServer[]): CheckerConfig => ({
    services,
    ownedFile: join(folder, 'owned.json'),
    ipvsadm: 'ipvsadm',
  });

  /** What has been said by now is heard, on the same connection. */
  async function talkGoesOn(): Promise<void> {
    const told = client.lines.map(({ text }) => text);
    assert.ok(!told.some(text => text.startsWith('broken')), told.slice(-3).join('; '));
    const { text } = await client.line(/^heard/, { since: nowMicros(), within: 30_000 });
    const [, heard = 0, said = 0] = /^heard (\d+) of (\d+)$/.exec(text)?.map(Number) ?? [];
    assert.ok(said - heard < 25, `${text}: the client has waited for half a second and more`);
  }

  /** What the table has of the service. */
  const table = async (): Promise<readonly string[]> =>
    (await network.lb03.run('ipvsadm', '-Sn')).split('\n').filter(line => line.includes(SERVICE));

  const rows: readonly {
    readonly name: string;
    readonly after: () => readonly VirtualServer[];
    readonly lines: () => readonly string[];
  }[] = [
    {
      name: 'another weight',
      after: () => [service([server(mine, { weight: 0 }), server(other, { weight: 9 })])],
      lines: () => [
        `-e ${SERVICE} -r 10.0.0.${other}:7 -g -w 9`,
        `-e ${SERVICE} -r 10.0.0.${mine}:7 -g -w 0`,
      ],
    },
    {
      name: 'another scheduler',
      after: () => [
        service([server(mine, { weight: 0 }), server(other, { weight: 9 })], { scheduler: 'rr' }),
      ],
      lines: () => [`-E ${SERVICE} -s rr -p 50`],
    },
    {
      name: 'no persistence any more',
      after: () => [service([server(mine), server(other)], { persistenceTimeout: null })],
      lines: () => [
        `-E ${SERVICE} -s wrr`,
        `-e ${SERVICE} -r 10.0.0.${mine}:7 -g -w 1`,
        `-e ${SERVICE} -r 10.0.0.${other}:7 -g -w 1`,
      ],
    },
    {
      name: 'another server and another service',
      after: () => [
        service([server(mine), server(other), server(15, { checks: [] })]),
        service([server(other, { port: 9, checks: [] })], { port: 9, persistenceTimeout: null }),
      ],
      lines: () => [
        `-E ${SERVICE} -s wrr -p 50`,
        `-a ${SERVICE} -r 10.0.0.15:7 -g -w 1`,
        `-A -t ${VIP}:9 -s wrr`,
        `-a -t ${VIP}:9 -r 10.0.0.${other}:9 -g -w 1`,
      ],
    },
    {
      name: 'and their end, and that of the other server',
      after: () => [service([server(mine)])],
      lines: () => [`-d ${SERVICE} -r 10.0.0.${other}:7`, `-d ${SERVICE} -r 10.0.0.15:7`, `-D -t ${VIP}:9`],
    },
    {
      name: 'and the other server again, in the first place',
      after: () => [service([server(other), server(mine)])],
      lines: () => [`-a ${SERVICE} -r 10.0.0.${other}:7 -g -w 1`],
    },
  ];

  for (const { name, after, lines } of rows) {
    it(`${name}: what was planned is done, and the talk goes on`, async () => {
      const { lines: planned } = await checker.reload(config(after()));
      assert.deepEqual([...planned].sort(), [...lines()].sort());
      assert.deepEqual((await checker.prepare(config(after()))).lines, []);
      await talkGoesOn();
    });
  }

  it('no check has begun anew by any of that, but for those of the server that was gone', async () => {
    const { services } = await checker.dump();
    const verdicts = services[0]?.servers.map(s => `${s.address} ${s.checks[0]?.verdict}`);
    assert.ok(verdicts?.includes(`10.0.0.${mine} UP`), verdicts?.join(', '));
    const ups = checker.messages.filter(
      m => m.type === 'log' && m.sentence === 'real server up' && m.fields['server'] === `10.0.0.${mine}:7`,
    );
    assert.equal(ups.length, 1);
  });

  it('a server that is down is not put back by another check of it, and comes back when that one passes', async () => {
    const with18 = (change: Partial<TcpCheck>): CheckerConfig =>
      config([service([server(mine), server(other, { checks: [check(other, change)] })])]);
    const standing = [`-A ${SERVICE} -s wrr -p 50`, `-a ${SERVICE} -r 10.0.0.${mine}:7 -g -w 1`];
    await talkers.get(other)?.stop('SIGKILL');
    await eventually('the dead server is out', async () => (await table()).length === 2, { within: 20_000 });

    const plan = await checker.reload(with18({ timeoutMs: 1500, warmupMs: 600_000_000 }));
    assert.deepEqual(plan.lines, []);
    assert.deepEqual(plan.checksStarted, [`TCP_CHECK of 10.0.0.${other}:7 in tcp ${VIP}:7`]);
    assert.deepEqual(plan.checksKept, 1);
    await new Promise(resume => setTimeout(resume, 1000));
    assert.deepEqual(await table(), standing);

    const host = [network.web03, network.web04].find(web => web.host.address === `10.0.0.${other}`)?.host;
    await host
      ?.start([process.execPath, TALK, 'server', String(PORT)])
      .line(/^listening/, { within: 30_000 });
    await checker.reload(with18({ timeoutMs: 1600 }));
    await eventually('the server is back', async () => (await table()).length === 3, { within: 20_000 });
    await talkGoesOn();
  });

  it("a forwarding that changes and changes back is edited, and other people's services are as they were", async () => {
    const both = [server(mine), server(other)];
    const { lines } = await checker.reload(config([service(both, { forwarding: 'TUN' })]));
    assert.deepEqual(
      lines.map(line => line.split(' ')[0]),
      ['-e', '-e'],
    );
    await checker.reload(config([service(both)]));
    await talkGoesOn();
    assert.match(
      await network.lb03.table(),
      /TCP {2}10\.9\.9\.9:80 rr\n {2}-> 10\.0\.0\.66:80 +Route +1(\n|$)/,
    );
  });

  it('none, and some again: the table is empty in between, and nothing of ours is left at the end', async () => {
    await checker.reload(config([]));
    assert.deepEqual(await table(), []);
    await checker.reload(config([service([server(mine), server(other)])]));
    assert.equal((await table()).length, 3);
    await checker.stop();
    assert.deepEqual(await table(), []);
    assert.match(await network.lb03.table(), /10\.9\.9\.9:80/);
  });
});
