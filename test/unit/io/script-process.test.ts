import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptProcesses } from '../../../src/io/script-process.js';
import { millis } from '../../../src/lib/units.js';
import type { Command } from '../../../src/scripts/script.js';
import { eventually } from '../../lab/daemon.js';

const LIMIT = millis(5000);

describe("io: an operator's programs", () => {
  const port = scriptProcesses();
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-script-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const program = (text: string, mode = 0o755): string => {
    const path = join(folder, 'program');
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode });
    chmodSync(folder, 0o755);
    return path;
  };
  const run = (argv: readonly string[], change: Partial<Command> = {}, limit = LIMIT) =>
    port.run({ argv, user: 'root', group: null, isSecure: false, ...change }, limit);

  it('tell how they ended', async () => {
    assert.deepEqual(await run([program('exit 0')]), { how: 'exited', code: 0 });
    assert.deepEqual(await run([program('exit 7')]), { how: 'exited', code: 7 });
    assert.deepEqual(await run([program('kill -9 $$')]), { how: 'killed', signal: 'SIGKILL' });
  });

  it('get their arguments as they are: no shell has seen them', async () => {
    const out = join(folder, 'out');
    await run([program(`printf '%s|' "$@" > ${out}`), 'a b', '$HOME', ';', '*']);
    assert.equal(readFileSync(out, 'utf8'), 'a b|$HOME|;|*|');
  });

  it('get nothing of our environment but the path', async () => {
    process.env['HOLDFAST_TEST_SECRET'] = 'geheim';
    const out = join(folder, 'out');
    await run([program(`env > ${out}`)]);
    delete process.env['HOLDFAST_TEST_SECRET'];
    const names = readFileSync(out, 'utf8')
      .split('\n')
      .map(line => line.split('=')[0]);
    assert.deepEqual(
      names.filter(name => !['PATH', 'LC_ALL', 'PWD', 'OLDPWD', '_', 'SHLVL', ''].includes(name!)),
      [],
    );
  });

  it('are ended, with all they have started, when they take too long', async () => {
    const out = join(folder, 'pid');
    const path = program(`sleep 1000 & echo $! > ${out}; wait`);
    assert.deepEqual(await run([path], {}, millis(300)), { how: 'late' });
    const child = readFileSync(out, 'utf8').trim();
    await eventually('the child of the script has gone', () =>
      Promise.resolve(
        !existsSync(`/proc/${child}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8')),
      ),
    );
  });

  it('run as whom the file says', async () => {
    const out = join(folder, 'out');
    writeFileSync(out, '');
    chownSync(out, 65534, 65534);
    await run([program(`id -u > ${out}; id -G >> ${out}`)], { user: 'nobody', group: 'nogroup' });
    assert.equal(readFileSync(out, 'utf8'), '65534\n65534\n');
  });

  for (const [name, change, prepare, why] of [
    ['that are not there', {}, () => rmSync(join(folder, 'program')), /ENOENT/],
    ['that may not be executed', {}, () => chmodSync(join(folder, 'program'), 0o644), /EACCES/],
    ['of a user that is not there', { user: 'nobody2' }, () => undefined, /there is no user nobody2/],
    ['of a group that is not there', { group: 'nogroup2' }, () => undefined, /there is no group nogroup2/],
    [
      'that others may change, where that is forbidden',
      { isSecure: true },
      () => chmodSync(join(folder, 'program'), 0o777),
      /can be changed by others than root/,
    ],
    [
      'in a folder that others may change, where that is forbidden',
      { isSecure: true },
      () => chmodSync(folder, 0o777),
      /can be changed by others than root/,
    ],
  ] as const) {
    it(`are not run, those ${name}`, async () => {
      const path = program('exit 0');
      prepare();
      const end = await run([path], change);
      assert.equal(end.how, 'refused');
      assert.match(JSON.stringify(end), why);
    });
  }

  it('run as root where nobody else may change them, also where that is asked for', async () => {
    assert.deepEqual(await run([program('exit 0')], { isSecure: true }), { how: 'exited', code: 0 });
  });
});
