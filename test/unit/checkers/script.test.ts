import assert from 'node:assert/strict';
import type { MiscCheck } from '../../../src/checkers/check.js';
import { probeScript } from '../../../src/checkers/probes/script.js';
import type { ProbeResult } from '../../../src/checkers/probes/result.js';
import { readConfig } from '../../../src/config/read.js';
import { nodeClock } from '../../../src/io/node-clock.js';
import { scriptProcesses } from '../../../src/io/script-process.js';
import { Turnstile } from '../../../src/lib/turnstile.js';

const read = (body: string, globals = ''): MiscCheck | undefined => {
  const text = `${globals}\nvirtual_server 10.0.0.13 80 {\nprotocol TCP\ndelay_loop 7\nretry 2\nreal_server 10.0.0.17 80 {\nMISC_CHECK {\n${body}\n}\n}\n}`;
  const { model, problems } = readConfig('ha.conf', text);
  assert.ok(model, problems.map(p => p.message).join('\n'));
  return model.services[0]?.realServers[0]?.checks.find(check => check.type === 'MISC_CHECK');
};

const shown = (result: ProbeResult): string =>
  result.type === 'unable'
    ? `unable ${result.detail}`
    : [result.type, result.reason, result.detail].filter(Boolean).join(' ');

describe('MISC_CHECK in the file', () => {
  it('is a program with its arguments, and takes its times from around it', () => {
    assert.deepEqual(read('misc_path "/bin/check -a \'b c\'"'), {
      type: 'MISC_CHECK',
      command: { argv: ['/bin/check', '-a', 'b c'], user: null, group: null, isSecure: false },
      timeoutMs: 7000,
      retry: 2,
      delayBeforeRetryMs: 1000,
      delayLoopMs: 7000,
      warmupMs: 7000,
    });
  });
  it('knows its own times and user', () => {
    const check = read('misc_path /bin/check\nmisc_timeout 3\nretry 0\nuser nobody nogroup');
    assert.deepEqual([check?.timeoutMs, check?.retry], [3000, 0]);
    assert.deepEqual([check?.command.user, check?.command.group], ['nobody', 'nogroup']);
  });
  it('runs as script_user where it names nobody, and as safely as the file asks for', () => {
    const check = read(
      'misc_path /bin/check',
      'global_defs {\nscript_user daemon\nenable_script_security\n}',
    );
    assert.deepEqual([check?.command.user, check?.command.isSecure], ['daemon', true]);
  });
  it('is left out without a program, or with one that cannot be made out', () => {
    assert.equal(read('misc_timeout 3'), undefined);
    assert.equal(read('misc_path "/bin/check \'a"'), undefined);
  });
});

describe('MISC_CHECK with real programs', () => {
  const run = async (argv: readonly string[], timeoutMs = 5000): Promise<string> => {
    const command = { argv, user: null, group: null, isSecure: false };
    const check: MiscCheck = {
      type: 'MISC_CHECK',
      command,
      timeoutMs,
      retry: 0,
      delayBeforeRetryMs: 0,
      delayLoopMs: 1000,
      warmupMs: 0,
    };
    return shown(await probeScript(scriptProcesses(), check, nodeClock));
  };
  for (const [what, argv, expected] of [
    ['ends with 0', ['/bin/sh', '-c', 'exit 0'], 'passed script-passed'],
    ['ends with another number', ['/bin/sh', '-c', 'exit 7'], 'failed script-failed 7'],
    ['is killed', ['/bin/sh', '-c', 'kill -9 $$'], 'failed script-killed SIGKILL'],
  ] as const) {
    it(`one that ${what}: ${expected}`, async () => {
      assert.equal(await run(argv), expected);
    });
  }
  it('one that takes too long, with what it has started', async () => {
    assert.equal(await run(['/bin/sh', '-c', 'sleep 60 & wait'], 100), 'failed script-timeout');
  });
  it('one that is not there says nothing of the server', async () => {
    assert.match(await run(['/nowhere/check']), /^unable .*ENOENT/);
  });
});

describe('a turnstile', () => {
  it('lets so many through, the others after them in their order, and minds no failure', async () => {
    const turnstile = new Turnstile(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map(i =>
      turnstile.pass(async () => {
        begun.push(i);
        await new Promise<void>(end => (ends[i] = end));
        if (i === 0) throw new Error('failed');
      }),
    );
    const failed = assert.rejects(all[0]!);
    assert.deepEqual(begun, [0, 1]);
    ends[0]?.();
    await failed;
    assert.deepEqual(begun, [0, 1, 2]);
    ends[2]?.();
    await all[2];
    assert.deepEqual(begun, [0, 1, 2, 3]);
    ends[1]?.();
    ends[3]?.();
    await Promise.all(all.slice(1));
  });
});
