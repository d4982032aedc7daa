import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpCheck } from '../../src/checkers/check.js';
import { ipvsadm } from '../../src/io/ipvsadm.js';
import { ownedFile } from '../../src/io/owned-file.js';
import type { CheckerConfig } from '../../src/ipc/messages.js';
import { readConfig } from '../../src/config/read.js';
import { parseGlance } from '../../src/ipvs/core/glance.js';
import { parseSave, toLine, toSave } from '../../src/ipvs/core/ipvsadm.js';
import { render } from '../../src/ipvs/core/render.js';
import type { IpvsTable, ServiceKey } from '../../src/ipvs/core/table.js';
import { reconcile, type Pass } from '../../src/ipvs/reconciler.js';
import type { VirtualServer } from '../../src/ipvs/service.js';
import { skip } from '../skip.js';
import { guide } from '../unit/ipvs/tables.js';
import { CheckerProcess } from './checker.js';

const GUIDE_LISTED = `TCP  10.0.0.13:80 wrr persistent 50
  -> 10.0.0.17:80                 Route   1      0          0         
  -> 10.0.0.18:80                 Route   1      0          0         
`;

const GUIDE_SAVED = [
  '-A -t 10.0.0.13:80 -s wrr -p 50',
  '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1',
  '-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1',
];

/** What `ipvsadm -ln` prints, without its three lines of heading. */
const listed = (): string =>
  execFileSync('ipvsadm', ['-ln'], { encoding: 'utf8' }).split('\n').slice(3).join('\n');

function byHand(...args: readonly string[]): void {
  execFileSync('ipvsadm', args);
}

const table = (...lines: readonly string[]): IpvsTable => parseSave(lines.join('\n'));

const kernel = ipvsadm('ipvsadm');

/** A pass over a table that is known. */
const change = (desired: IpvsTable, known: IpvsTable, owned: readonly string[] = []): Promise<Pass> =>
  reconcile(kernel, { desired, owned: new Set(owned as ServiceKey[]), mayTry: () => true }, known);

/** A pass that begins with a look. */
const pass = async (desired: IpvsTable, owned: readonly string[] = []): Promise<Pass> =>
  change(desired, parseSave(await kernel.save()), owned);

async function until(what: string, holds: () => boolean, ms = 8000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    await sleep(20);
    assert.ok(Date.now() < end, `not within ${ms} ms: ${what}; the table is\n${listed()}`);
  }
}

describe('ipvs on a real kernel', function () {
  this.timeout(60_000);
  let folder = '';

  before(function () {
    const loaded = existsSync('/proc/net/ip_vs') || spawnSync('modprobe', ['ip_vs']).status === 0;
    if (!loaded) skip(this, 'this kernel has no ip_vs');
    folder = mkdtempSync(join(tmpdir(), 'holdfast-ipvs-'));
  });
  beforeEach(() => byHand('-C'));
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  it("fills an empty table with the guide's service, and ipvsadm -ln shows it as the guide does", async () => {
    const result = await pass(
      render(
        [guide],
        () => 'UP',
        () => 'in',
      ),
    );
    assert.deepEqual(result.applied.map(toLine), GUIDE_SAVED);
    assert.deepEqual(result.missing, []);
    assert.equal(listed(), GUIDE_LISTED);
    assert.deepEqual(
      (
        await pass(
          render(
            [guide],
            () => 'UP',
            () => 'in',
          ),
        )
      ).applied,
      [],
    );
  });

  it('repairs what other hands did, and leaves what is theirs', async () => {
    await pass(table(...GUIDE_SAVED));
    byHand('-E', '-t', '10.0.0.13:80', '-s', 'sh', '-b', 'sh-port');
    byHand('-d', '-t', '10.0.0.13:80', '-r', '10.0.0.17:80');
    byHand(
      '-e',
      '-t',
      '10.0.0.13:80',
      '-r',
      '10.0.0.18:80',
      '-i',
      '-w',
      '7',
      '--tun-type',
      'gue',
      '--tun-port',
      '6080',
    );
    byHand('-a', '-t', '10.0.0.13:80', '-r', '10.0.0.66:80', '-m');
    byHand('-A', '-t', '10.9.9.9:80', '-s', 'rr', '-p', '300', '-M', '255.255.255.0');
    byHand('-A', '-f', '7', '-s', 'rr', '-o');
    const result = await pass(table(...GUIDE_SAVED));
    assert.deepEqual(result.applied.map(toLine), [
      '-E -t 10.0.0.13:80 -s wrr -p 50',
      '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1',
      '-e -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1',
      '-d -t 10.0.0.13:80 -r 10.0.0.66:80',
    ]);
    assert.deepEqual(result.missing, []);
    const saved = toSave(parseSave(await kernel.save()));
    assert.match(saved, /-A -t 10\.9\.9\.9:80 -s rr -p 300 -M 255\.255\.255\.0\n/);
    assert.match(saved, /-A -f 7 -s rr -o\n/);
  });

  it('a netmask that somebody gave a service of ours is taken off again', async () => {
    await pass(table(...GUIDE_SAVED));
    byHand('-E', '-t', '10.0.0.13:80', '-s', 'wrr', '-p', '50', '-M', '255.255.255.0');
    assert.deepEqual((await pass(table(...GUIDE_SAVED))).missing, []);
    assert.equal(listed(), GUIDE_LISTED);
  });

  it('hears why a line was refused, and does the rest', async () => {
    const result = await pass(
      table('-A -t 10.0.0.9:80 -s nosuch', '-a -t 10.0.0.9:80 -r 10.0.0.1:80 -g -w 1', ...GUIDE_SAVED),
    );
    assert.deepEqual(
      result.refused.map(r => [toLine(r.op), r.words]),
      [
        ['-A -t 10.0.0.9:80 -s nosuch', 'Scheduler or persistence engine not found'],
        ['-a -t 10.0.0.9:80 -r 10.0.0.1:80 -g -w 1', 'Scheduler or persistence engine not found'],
      ],
    );
    assert.equal(listed(), GUIDE_LISTED);
  });

  it('does what stands behind a line at which ipvsadm gives up', async () => {
    const result = await pass(table('-A -t 10.0.0.9:0 -s rr', ...GUIDE_SAVED));
    assert.deepEqual(
      result.refused.map(r => r.words),
      ['Zero port specified for non-persistent service'],
    );
    assert.equal(listed(), GUIDE_LISTED);
  });

  it('deletes what it owns and nothing else', async () => {
    byHand('-A', '-t', '10.9.9.9:80', '-s', 'rr');
    byHand('-A', '-t', '10.9.9.8:80', '-s', 'rr');
    const result = await pass(new Map(), ['-t 10.9.9.8:80', '-t 10.9.9.7:80']);
    assert.deepEqual(result.applied.map(toLine), ['-D -t 10.9.9.8:80']);
    assert.equal(listed(), 'TCP  10.9.9.9:80 rr\n');
  });

  it('writes every kind of service and server so that the kernel says the same back', async () => {
    const all = table(
      '-A -t 10.0.0.1:0 -s rr -p 2678400',
      '-a -t 10.0.0.1:0 -r 10.0.0.2:0 -i -w 0',
      '-A -u [2001:db8::1]:53 -s mh',
      '-a -u [2001:db8::1]:53 -r [fd00::2]:5353 -m -w 2147483647',
      '-A --sctp-service 10.0.0.1:9 -s sed',
      '-a --sctp-service 10.0.0.1:9 -r 10.0.0.2:9 -g -w 3',
      '-A -t 10.0.0.1:81 -s wlc',
      '-a -t 10.0.0.1:81 -r [fd00::2]:81 -i -w 1',
    );
    const result = await pass(all);
    assert.deepEqual(result.missing, []);
    assert.equal(result.applied.length, 8);

    // And a glance shows the same, but for the length of persistence.
    const shown = new Map([...all].map(([key, s]) => [key, { ...s, persistence: s.persistence && NaN }]));
    assert.deepEqual(parseGlance((await kernel.glance()) ?? '', new Set(all.keys())), shown);
  });

  it('the kernel shows every option of the file as it was written, and the next pass has nothing to do', async () => {
    const servers = (...blocks: readonly string[]): string =>
      blocks.map((lines, i) => `real_server 10.0.1.${i + 1} 80 {\n${lines}\n}`).join('\n');
    const { model } = readConfig(
      'ha.conf',
      `virtual_server_group web {
10.0.0.1-3 80
fd00::1 80
fwmark 8 inet6
fwmark 9
}
virtual_server group web {
protocol TCP
lb_kind TUN type gue port 6080 csum
lb_algo mh
mh-port
mh-fallback
sorry_server 10.0.1.9
sorry_server_inhibit
${servers('', 'lvs_method TUN type gre csum', 'lvs_method TUN type ipip')}
}
virtual_server fwmark 7 {
lb_algo sh
sh-fallback
flag-3
lb_kind DR
persistence_timeout 50
persistence_granularity 255.255.0.0
${servers('', 'lvs_method NAT')}
}
virtual_server 10.0.0.4 5060 {
protocol UDP
lb_algo rr
flag-1
flag-3
ops
persistence_engine sip
persistence_timeout
${servers('')}
}
virtual_server 10.0.0.5 {
protocol TCP
lb_kind DR
lb_algo rr
persistence_timeout 50
${servers('')}
}
`,
    );
    assert.ok(model !== undefined);
    for (const verdict of ['UP', 'DOWN'] as const) {
      const desired = render(
        model.services,
        () => verdict,
        () => 'in',
      );
      const result = await pass(desired);
      assert.deepEqual(result.missing.map(toLine), []);
      assert.ok(result.applied.length > 0);
      const again = await pass(desired);
      assert.deepEqual(again.applied.map(toLine), []);
    }
  });

  it('keeps 1,000 services of 4 servers: from empty in one batch, and a weight in one line', async function () {
    const many = (weight: number): IpvsTable =>
      render(
        Array.from({ length: 1000 }, (_, i) => ({
          ...guide,
          port: 1000 + i,
          realServers: [1, 2, 3, 4].map(n => ({
            ...guide.realServers[0]!,
            address: `10.0.1.${n}`,
            port: 1000 + i,
            weight: i === 500 && n === 1 ? weight : 1,
          })),
        })),
        () => 'UP',
        () => 'in',
      );
    const start = performance.now();
    const filled = await pass(many(1));
    const filledAt = performance.now();
    const changed = await change(many(2), filled.after);
    const changedAt = performance.now();
    assert.deepEqual([filled.applied.length, filled.missing.length], [5000, 0]);
    assert.deepEqual(changed.applied.map(toLine), ['-e -t 10.0.0.13:1500 -r 10.0.1.1:1500 -g -w 2']);
    assert.ok(!changed.looked, 'a glance was enough');
    console.log(
      `      from empty ${Math.round(filledAt - start)} ms, one weight ${Math.round(changedAt - filledAt)} ms`,
    );
  });

  describe('the checker process', () => {
    it('follows its checks, adopts its table after a crash, and takes it down at the end', async () => {
      const web = [await listening('127.0.0.17'), await listening('127.0.0.18')] as const;
      const config = checkerConfig(web);
      const first = new CheckerProcess(config);
      await until('the table is there', () => listed() === GUIDE_LISTED);
      await first.heard('real server up', 2);
      assert.deepEqual(JSON.parse(readFileSync(config.ownedFile, 'utf8')), {
        form: 1,
        services: ['-t 10.0.0.13:80'],
      });
      assert.equal(statSync(config.ownedFile).mode & 0o777, 0o600);

      web[1].close();
      await first.heard('real server down', 1);
      await until('the dead server is out', () => !listed().includes('10.0.0.18'));
      await first.heard('ipvs table changed', 2);
      const state = await first.dump();
      assert.deepEqual(
        state.services[0]!.servers.map(s => [s.verdict, s.effectiveWeight, s.checks[0]!.reason]),
        [
          ['UP', 1, 'connected'],
          ['DOWN', null, 'connection-refused'],
        ],
      );
      assert.deepEqual(state.services[0]!.quorum, { need: 1, have: 1, up: true });
      assert.deepEqual([state.inSync, state.refused], [true, []]);

      byHand('-d', '-t', '10.0.0.13:80', '-r', '10.0.0.17:80');
      await first.heard('ipvs entry repaired', 1);
      const before = listed();
      assert.ok(before.includes('10.0.0.17:80'));

      // The table survives a crash, and the next process neither adds the dead server nor removes the live one.
      await first.crash();
      assert.equal(listed(), before);
      const second = new CheckerProcess({ ...config, services: slow(config.services) });
      await second.ready();
      await sleep(500);
      assert.equal(listed(), before);
      await second.abandon();
      assert.equal(listed(), before);

      const third = new CheckerProcess(config);
      await third.ready();
      await third.stop();
      assert.equal(listed(), '');
      assert.deepEqual(JSON.parse(readFileSync(config.ownedFile, 'utf8')), { form: 1, services: [] });
      web[0].close();
    });

    it('removes at its start what an earlier life left and the file names no more', async () => {
      byHand('-A', '-t', '10.9.9.9:80', '-s', 'rr');
      byHand('-A', '-t', '10.9.9.8:80', '-s', 'rr');
      const config = { services: [], ownedFile: join(folder, 'left'), ipvsadm: 'ipvsadm' };
      ownedFile(config.ownedFile).write(['-t 10.9.9.9:80']);
      const bench = new CheckerProcess(config);
      await until('it is gone', () => !listed().includes('10.9.9.9'));
      await bench.stop();
      assert.equal(listed(), 'TCP  10.9.9.8:80 rr\n');
    });
  });

  function checkerConfig(web: readonly { readonly port: number }[]): CheckerConfig {
    const check = (i: number): TcpCheck => ({
      type: 'TCP_CHECK',
      connectAddress: `127.0.0.${17 + i}`,
      connectPort: web[i]!.port,
      timeoutMs: 500,
      retry: 1,
      delayBeforeRetryMs: 100,
      delayLoopMs: 200,
      warmupMs: 100,
    });
    return {
      services: [{ ...guide, realServers: guide.realServers.map((s, i) => ({ ...s, checks: [check(i)] })) }],
      ownedFile: join(folder, 'run/owned.json'),
      ipvsadm: 'ipvsadm',
    };
  }
});

/** The same, with checks that say nothing for a long time. */
const slow = (services: readonly VirtualServer[]): readonly VirtualServer[] =>
  services.map(service => ({
    ...service,
    realServers: service.realServers.map(server => ({
      ...server,
      checks: server.checks.map(check => ({ ...check, warmupMs: 600_000_000 })),
    })),
  }));

interface Listening {
  readonly port: number;
  readonly close: () => void;
}

function listening(address: string): Promise<Listening> {
  return new Promise(done => {
    const server: Server = createServer(socket => socket.destroy()).listen(0, address, () => {
      const at = server.address();
      assert.ok(at !== null && typeof at === 'object');
      done({ port: at.port, close: () => server.close() });
    });
  });
}
