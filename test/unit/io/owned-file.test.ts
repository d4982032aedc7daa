import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownedFile } from '../../../src/io/owned-file.js';

describe('the list of what is ours', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-owned-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read as it was written, in a folder that is made for it', () => {
    const path = join(folder, 'run/owned.json');
    assert.equal(ownedFile(path).write(['-t 10.0.0.13:80', '-f 7']), undefined);
    assert.deepEqual(ownedFile(path).read(), ['-t 10.0.0.13:80', '-f 7']);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(folder, 'run')), ['owned.json'], 'nothing is left beside it');
  });

  it('is empty before it was ever written', () =>
    assert.deepEqual(ownedFile(join(folder, 'none')).read(), []));

  for (const junk of [
    '',
    '{',
    'null',
    '[]',
    '{"form":2,"services":["-t 10.0.0.1:80"]}',
    '{"form":1,"services":7}',
  ]) {
    it(`is empty when the file says ${JSON.stringify(junk)}, so that nothing is deleted by a mistake`, () => {
      const path = join(folder, 'owned.json');
      writeFileSync(path, junk);
      assert.deepEqual(ownedFile(path).read(), []);
    });
  }

  it('stays as it was where it cannot be written, and says why', () => {
    const path = join(folder, 'owned.json');
    ownedFile(path).write(['-t 10.0.0.13:80']);
    const before = readFileSync(path, 'utf8');
    assert.equal(ownedFile(join(path, 'x')).write([]), 'EEXIST');
    assert.equal(readFileSync(path, 'utf8'), before);
  });
});
