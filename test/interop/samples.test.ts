import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config/read.js';
import { skip } from '../skip.js';

/** Debian's keepalived package brings them; they are read where they are. */
const FOLDER = '/usr/share/doc/keepalived/samples';

describe("keepalived's own samples", () => {
  const samples = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter(name => name.startsWith('keepalived.conf.'))
    : [];

  it('are there', function () {
    if (samples.length === 0) skip(this, `there is no ${FOLDER}`);
    assert.ok(samples.length >= 20);
  });
  for (const name of samples) {
    it(`${name} can be used, or is refused for nothing but what is not there yet`, () => {
      const { problems } = readConfig(name, readFileSync(join(FOLDER, name), 'utf8'));
      const errors = problems.filter(p => p.severity === 'error').map(p => `${p.at.line}: ${p.message}`);
      assert.deepEqual(
        errors.filter(error => !/supported yet(:|$)/.test(error)),
        [],
      );
    });
  }
});
