import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showState } from '../../../src/cli/status.js';

describe('cli: commands', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
  after(() => rmSync(folder, { recursive: true }));

  const holdfast = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('bin/holdfast', args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    return { status, stdout, stderr };
  };
  const file = (text: string): string => {
    const path = join(folder, 'ha.conf');
    writeFileSync(path, text);
    return path;
  };

  it('version prints the version', () => {
    assert.deepEqual(holdfast('version'), { status: 0, stdout: 'holdfast 0.1.0\n', stderr: '' });
  });
  for (const args of [[], ['fly'], ['run', '--fast'], ['check', '--jsn']]) {
    it(`a usage error exits with 64: holdfast ${args.join(' ')}`, () =>
      assert.equal(holdfast(...args).status, 64));
  }
  it('keywords says what is known of one, and what is meant by another', () => {
    const { status, stdout } = holdfast('keywords', 'delay_loop', 'delay_lop');
    assert.equal(status, 1);
    assert.match(stdout, /^delay_loop in virtual_server\n {2}means {4}seconds from the end of a check/);
    assert.match(stdout, /\ndelay_lop is no keyword; did you mean delay_loop\?\n$/);
  });
  it('keywords --json has every block with its keywords', () => {
    const { blocks } = JSON.parse(holdfast('keywords', '--json').stdout) as {
      blocks: { paths: string[][]; keywords: { name: string; words: string[] | null; state: string }[] }[];
    };
    const service = blocks.find(b => b.paths.some(path => path.join(' ') === 'virtual_server'));
    const protocol = service?.keywords.find(k => k.name === 'protocol');
    assert.deepEqual([protocol?.words, protocol?.state], [['TCP', 'UDP', 'SCTP'], 'acted on']);
  });
  it('check says that files can be used, and together', () => {
    const { status, stdout } = holdfast('check', 'config/lb03.conf', 'config/lb04.conf');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /config\/lb04\.conf: 3 warnings; it can be used\n\nLVS_01 and LVS_02 fit together as a pair\n$/,
    );
  });
  it('check says it when they cannot be used together', () => {
    const other = file(readFileSync('config/lb04.conf', 'utf8').replace('advert_int 1', 'advert_int 2'));
    const { status, stdout } = holdfast('check', 'config/lb03.conf', other);
    assert.equal(status, 1);
    assert.match(stdout, /\n {2}error {4}advert_int {2}1 s {5}2 s\n/);
    assert.match(stdout, /\nLVS_01 and LVS_02 as a pair: 1 error\n$/);
    const { pair } = JSON.parse(holdfast('check', '--json', 'config/lb03.conf', other).stdout) as {
      pair: { routers: { name: string }[]; differences: { what: string; values: string[] }[] };
    };
    assert.deepEqual(
      [pair.routers.map(r => r.name), pair.differences.map(d => [d.what, ...d.values])],
      [['LVS_01', 'LVS_02'], [['advert_int', '1 s', '2 s']]],
    );
  });
  it('check compares nothing when one of the files cannot be used', () => {
    const { status, stdout } = holdfast('check', 'config/lb03.conf', file('}'));
    assert.equal(status, 1);
    assert.match(stdout, /\nthey are not compared as a pair, since not all can be used\n$/);
  });
  it('check shows what is wrong, and exits with 1', () => {
    const { status, stdout } = holdfast(
      'check',
      '-f',
      file('vrrp_instance A {\n\tvirtual_router_id 999\n}\n'),
    );
    assert.equal(status, 1);
    assert.match(
      stdout,
      /ha\.conf:2:20: error: virtual_router_id takes a whole number from 1 to 255, not "999"\n 2 \| \tvirtual_router_id 999\n {3}\| \t {18}\^\^\^\n/,
    );
    assert.match(stdout, /it cannot be used\n$/);
  });
  it('check --json is for programs', () => {
    const { status, stdout } = holdfast('check', '--json', file('{'));
    assert.equal(status, 1);
    const { files } = JSON.parse(stdout) as {
      files: { usable: boolean; problems: { line: number; severity: string }[] }[];
    };
    assert.deepEqual(
      files.map(f => [f.usable, f.problems.map(p => [p.line, p.severity])]),
      [[false, [[1, 'error']]]],
    );
  });
  for (const [what, path, words] of [
    ['a file that is not there', 'no-such.conf', 'there is no such file'],
    ['a directory', '.', 'it is a directory'],
  ] as const) {
    it(`check says it: ${what}`, () => {
      const { status, stdout } = holdfast('check', path);
      assert.equal(status, 1);
      assert.match(stdout, new RegExp(words));
    });
  }
  for (const [what, bytes, words] of [
    ['a comment in Latin-1', Buffer.from('# caf\xe9\n', 'latin1'), 'not in UTF-8'],
    ['a comment in GBK', Buffer.from([0x23, 0xd6, 0xd0, 0xce, 0xc4, 0x0a]), 'not in UTF-8'],
    ['NUL bytes', Buffer.from('\0\n'), 'a NUL byte'],
    ['a byte order mark', Buffer.from('\ufeff'), 'a byte order mark'],
  ] as const) {
    it(`check takes ${what} with a warning`, () => {
      const path = join(folder, 'odd.conf');
      writeFileSync(path, Buffer.concat([bytes, readFileSync('config/lb04.conf')]));
      const { status, stdout } = holdfast('check', path);
      assert.equal(status, 0, stdout);
      assert.match(stdout, new RegExp(`odd\\.conf:1:1: warning: .*${words}`));
    });
  }
  it('check names the machine that a file is read for', () => {
    const path = file(`@lb03 ${readFileSync('config/lb03.conf', 'utf8').replaceAll('\n', '\n@lb03 ')}`);
    assert.equal(holdfast('check', '-i', 'lb03', path).status, 0);
    assert.equal(holdfast('check', '-i', 'lb04', path).status, 1);
  });
  it('convert prints the canonical form, and what it warns of on stderr', () => {
    const { status, stdout, stderr } = holdfast('convert', 'config/lb03.conf');
    assert.equal(status, 0);
    assert.match(stdout, /^global_defs \{\n {4}router_id LVS_01\n\}\n\nvrrp_instance VI_1 \{\n/);
    assert.match(stderr, /warning: nat_mask has had no effect/);
    assert.deepEqual(holdfast('convert', '-f', file(stdout)).stdout, stdout);
  });
  it('convert prints nothing of a file with an error', () => {
    const { status, stdout, stderr } = holdfast('convert', file('vrrp_instance A {\n}\n'));
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /error: interface is missing.*nothing was converted\n$/s);
  });
  it('convert ends in peace when its reader has seen enough', () => {
    const many = Array.from(
      { length: 2000 },
      (_, i) => `virtual_server 10.0.${i >> 8}.${i & 255} 80 {
protocol TCP
real_server 10.1.0.1 80 {
}
}
`,
    ).join('');
    const { stdout, stderr } = spawnSync('sh', ['-c', `bin/holdfast convert ${file(many)} | head -n 1`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    assert.deepEqual([stdout, stderr], ['virtual_server 10.0.0.0 80 {\n', '']);
  });
  it('convert takes out what is for other machines', () => {
    const text = readFileSync('config/lb03.conf', 'utf8');
    const path = file(text.replace('priority 150', '@lb03 priority 150\n@lb04 priority 100'));
    assert.match(holdfast('convert', '-i', 'lb04', path).stdout, /\n {4}priority 100\n/);
  });
  for (const [what, comment] of [
    ['UTF-8', Buffer.from('# caf\u00e9 \u4e3b')],
    ['Latin-1', Buffer.from('# caf\xe9', 'latin1')],
    ['GBK', Buffer.from([0x23, 0x20, 0xd6, 0xd0, 0xce, 0xc4])],
  ] as const) {
    it(`convert leaves a comment in ${what} as it is, byte for byte`, () => {
      const path = join(folder, 'odd.conf');
      writeFileSync(path, Buffer.concat([comment, Buffer.from('\n'), readFileSync('config/lb04.conf')]));
      const { stdout } = spawnSync('bin/holdfast', ['convert', path], { env: { PATH: process.env['PATH'] } });
      assert.deepEqual(stdout.subarray(0, comment.length + 1), Buffer.concat([comment, Buffer.from('\n')]));
    });
  }
  it('run refuses a file with an error: nothing is started', () => {
    const { status, stderr } = holdfast(
      'run',
      '-f',
      file('vrrp_instance A {\n}\n'),
      '--socket',
      join(folder, 's'),
    );
    assert.equal(status, 2);
    assert.match(stderr, /interface is missing in vrrp_instance A/);
    assert.match(stderr, /nothing was started\n$/);
  });
  it('run refuses settings that it does not know', () => {
    const settings = join(folder, 'settings.yaml');
    writeFileSync(settings, 'sokket: /x\n');
    const { status, stderr } = holdfast('run', '-f', 'config/lb03.conf', '--settings', settings);
    assert.equal(status, 2);
    assert.match(stderr, /settings\.yaml.*sokket/s);
  });
  it('status without an agent says so, and exits with 3', () => {
    const { status, stderr } = holdfast('status', '--socket', join(folder, 'none.sock'));
    assert.equal(status, 3);
    assert.match(stderr, /no agent answers on .*none\.sock/);
  });

  it('status shows who is master, where the address is, and which servers are in the table', () => {
    const at = '2026-01-01T10:42:00.000Z';
    const shown = showState({
      version: '0.1.0',
      hostname: 'lb03',
      pid: 812,
      startedAt: at,
      config: { file: 'f', loadedAt: at, sha256: '' },
      processes: [],
      vrrp: {
        groups: [],
        dropped: {},
        instances: [
          {
            name: 'VI_1',
            role: 'MASTER',
            since: at,
            reason: 'master-silent',
            interface: 'eth0',
            family: 'ipv4',
            version: 2,
            virtualRouterId: 51,
            basePriority: 150,
            priority: 150,
            advertIntervalMs: 1000,
            master: { address: '10.0.0.15', priority: 150 },
            addresses: [{ address: '10.0.0.13/24', interface: 'eth0', held: true }],
            counters: {
              advertsSent: 7,
              advertsReceived: 0,
              becameMaster: 1,
              addressesRepaired: 0,
              addressListsThatDiffer: 0,
              dropped: { auth: 4, ttl: 0, 'own-echo': 3 },
              refused: {},
            },
          },
        ],
      },
      ipvs: {
        inSync: true,
        checkedAt: at,
        refused: [],
        services: [
          {
            name: 'tcp 10.0.0.13:80',
            protocol: 'tcp',
            address: '10.0.0.13',
            port: 80,
            scheduler: 'wrr',
            forwarding: 'DR',
            persistenceTimeout: 50,
            quorum: { need: 1, have: 1, up: true },
            sorryServer: null,
            servers: [
              {
                address: '10.0.0.17',
                port: 80,
                weight: 1,
                effectiveWeight: 1,
                verdict: 'UP',
                admin: 'ENABLED',
                checks: [{ type: 'TCP_CHECK', verdict: 'UP', reason: 'connected', at, latencyMs: 0.42 }],
              },
              {
                address: '10.0.0.18',
                port: 80,
                weight: 1,
                effectiveWeight: null,
                verdict: 'DOWN',
                admin: 'ENABLED',
                checks: [
                  { type: 'TCP_CHECK', verdict: 'DOWN', reason: 'connection-refused', at, latencyMs: null },
                ],
              },
            ],
          },
        ],
      },
    });
    assert.equal(
      shown,
      `lb03  holdfast 0.1.0, pid 812, up since ${at}
VI_1  MASTER since ${at} (master-silent); priority 150; master 10.0.0.15, priority 150
  10.0.0.13/24 on eth0: here
  adverts dropped: auth 4
IPVS table: in sync
tcp 10.0.0.13:80 wrr DR; weight 1 up, 1 needed
  10.0.0.17:80           UP       weight 1          TCP_CHECK connected 0.4 ms
  10.0.0.18:80           DOWN     not in the table  TCP_CHECK connection-refused
`,
    );
  });
});
