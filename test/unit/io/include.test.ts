import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showProblem } from '../../../src/config/show.js';
import { readSource } from '../../../src/cli/source.js';
import { includedFiles } from '../../../src/io/include.js';

describe('io: files that a configuration includes', () => {
  let folder: string;
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    mkdirSync(join(folder, 'conf.d/deep'), { recursive: true });
    for (const name of ['b.conf', 'a.conf', 'c.txt']) put(`conf.d/${name}`, name);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const found = (pattern: string): string[] =>
    includedFiles(pattern, join(folder, 'main.conf')).files.map(({ file }) => file.slice(folder.length + 1));

  it('are looked for beside the file that includes them', () => {
    assert.deepEqual(found('conf.d/a.conf'), ['conf.d/a.conf']);
    assert.deepEqual(found(join(folder, 'conf.d/b.conf')), ['conf.d/b.conf']);
    assert.deepEqual(found('no.conf'), []);
  });
  it('come in the order of their names, without folders', () => {
    assert.deepEqual(found('conf.d/*.conf'), ['conf.d/a.conf', 'conf.d/b.conf']);
    assert.deepEqual(found('conf.d/*'), ['conf.d/a.conf', 'conf.d/b.conf', 'conf.d/c.txt']);
    assert.deepEqual(found('conf.d'), []);
  });
  it('come in the order of the csh braces that name them', () => {
    assert.deepEqual(found('conf.d/{c.txt,a.conf}'), ['conf.d/c.txt', 'conf.d/a.conf']);
    assert.deepEqual(found('conf.d/{c.{log,txt},{b,a}.conf,a*}'), [
      'conf.d/c.txt',
      'conf.d/b.conf',
      'conf.d/a.conf',
      'conf.d/a.conf',
    ]);
    assert.deepEqual(found('conf.d/{c.txt'), []);
  });
  it('are not read when they may be executed, and that is said', () => {
    chmodSync(join(folder, 'conf.d/a.conf'), 0o755);
    const { files, unreadable } = includedFiles('conf.d/a*', join(folder, 'main.conf'));
    assert.deepEqual(files, []);
    assert.match(unreadable[0] ?? '', /a\.conf may be executed/);
  });

  it('a problem in one of them is shown with its line', () => {
    put('main.conf', 'include conf.d/vrrp.conf\n');
    put(
      'conf.d/vrrp.conf',
      'vrrp_instance A {\n  interface eth0\n  virtual_router_id 999\n  include addresses\n}\n',
    );
    put('conf.d/addresses', '@lb03 virtual_ipaddress { 10.0.0.13/24 }\n');
    const { problems, texts, model } = readSource(join(folder, 'main.conf'), 'lb03');
    assert.equal(model, undefined);
    const [problem] = problems;
    assert.equal(problems.length, 1);
    assert.match(
      showProblem(problem!, texts.get(problem!.at.file) ?? ''),
      /conf\.d\/vrrp\.conf:3:21: error: .*\n 3 \| {3}virtual_router_id 999\n {3}\| {21}\^\^\^/,
    );
  });
});
