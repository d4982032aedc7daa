import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipvsadm } from '../../../src/io/ipvsadm.js';
import { IpvsUnavailable } from '../../../src/ports/ipvs.js';

const NO_MODULE = `echo "Can't initialize ipvs: Protocol not available" >&2
echo "Are you sure that IP Virtual Server is built in the kernel or as module?" >&2
exit 2`;

describe('the program ipvsadm', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-ipvsadm-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that does as the script says. */
  function program(name: string, script: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  const unavailable = (words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof IpvsUnavailable);
    assert.match(error.message, words);
    return true;
  };

  it('is asked for the table in numbers, and given the batch on its input', async () => {
    const port = ipvsadm(
      program('ipvsadm', `echo "$@" >> ${folder}/args; cat >> ${folder}/input; echo table`),
    );
    assert.equal(await port.save(), 'table\n');
    await port.restore('-A -t 10.0.0.13:80 -s rr\n');
    assert.equal(readFileSync(join(folder, 'args'), 'utf8'), '--save -n\n--restore\n');
    assert.equal(readFileSync(join(folder, 'input'), 'utf8'), '-A -t 10.0.0.13:80 -s rr\n');
  });

  it('can be broken off while it looks', async () => {
    const port = ipvsadm(program('ipvsadm', 'exec sleep 30'));
    await assert.rejects(port.save(AbortSignal.timeout(50)), { name: 'AbortError' });
  });

  it('has nothing to do with a glance', async () => {
    const shown = await ipvsadm('/nowhere').glance();
    assert.equal(shown?.startsWith('IP Virtual Server'), existsSync('/proc/net/ip_vs') ? true : undefined);
  });

  it('is believed by its words and not by its exit status', async () => {
    const port = ipvsadm(program('ipvsadm', 'cat > /dev/null; echo Service not defined >&2; exit 255'));
    assert.equal(await port.restore('-D -t 10.0.0.13:80\n'), 'Service not defined');
  });

  it('may end before it has read its input', async () => {
    const port = ipvsadm(program('ipvsadm', 'exit 2'));
    assert.equal(await port.restore('-A -t 10.0.0.13:80 -s rr\n'.repeat(100_000)), '');
  });

  it('that is missing is one sentence with the command that mends it', async () => {
    const port = ipvsadm(join(folder, 'none'));
    await assert.rejects(port.save(), unavailable(/none is not there: install it .*apt-get install ipvsadm/));
  });

  it('without a kernel part has it loaded, once', async () => {
    const modprobe = program('modprobe', `echo "$@" >> ${folder}/modprobe.args; touch ${folder}/loaded`);
    const port = ipvsadm(
      program('ipvsadm', `[ -e ${folder}/loaded ] && { echo table; exit; }\n${NO_MODULE}`),
      modprobe,
    );
    assert.equal(await port.save(), 'table\n');
    assert.equal(readFileSync(join(folder, 'modprobe.args'), 'utf8'), 'ip_vs\n');
  });

  it('without a kernel part that can be loaded says what to do, and does not try for ever', async () => {
    const modprobe = program('modprobe', `echo >> ${folder}/tries; exit 1`);
    const port = ipvsadm(program('ipvsadm', NO_MODULE), modprobe);
    for (let i = 0; i < 3; i++) await assert.rejects(port.save(), unavailable(/modprobe ip_vs/));
    assert.equal(readFileSync(join(folder, 'tries'), 'utf8'), '\n');
  });

  it('without the privilege says so', async () => {
    const port = ipvsadm(
      program('ipvsadm', `echo "Can't initialize ipvs: Permission denied (you must be root)" >&2; exit 2`),
      join(folder, 'never'),
    );
    await assert.rejects(port.save(), unavailable(/run holdfast as root/));
  });

  it('that dies is an error that says how', async () => {
    await assert.rejects(ipvsadm(program('ipvsadm', 'kill -9 $$')).save(), /was ended by SIGKILL/);
  });
});
