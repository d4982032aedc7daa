import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { print } from '../../src/config/print.js';
import { readConfig } from '../../src/config/read.js';
import { showProblem } from '../../src/config/show.js';

const guide = readFileSync('config/lb03.conf', 'utf8');
const RUNS = 5000;

/** Whatever the text: it is read to its end, every problem can be shown, and its canonical form means the same. */
function survives(text: string): void {
  const reading = readConfig('x.conf', text);
  const { model, problems } = reading;
  assert.equal(
    model === undefined,
    problems.some(p => p.severity === 'error'),
  );
  for (const problem of problems) showProblem(problem, text);
  if (model === undefined) return;
  const form = print(reading);
  const again = readConfig('x.conf', form);
  assert.deepEqual(again.model, model);
  assert.equal(print(again), form);
}

describe('fuzz: the reader', function () {
  this.timeout(60_000);

  it("survives every truncation of the guide's file", () => {
    for (let n = 0; n < guide.length; n++) survives(guide.slice(0, n));
  });

  it('survives random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survives), { numRuns: RUNS });
  });

  it("survives the guide's file with pieces put in, taken out and moved", () => {
    const pieces = [
      '{',
      '}',
      '"',
      '#',
      '!',
      ' # why\n',
      '# why \\\n',
      '\\',
      '\n',
      '\0',
      ' ',
      'virtual_server',
      'real_server',
      '-1',
      '99999999999',
      '::',
      '/',
      '10.0.0.1',
      '$A=',
      '$A= \\\n',
      '$A=${B}\n$B=${A}\n',
      '${A}',
      '$A',
      '~SEQ(A,1,3) ',
      '~LST({A,B},{1,2}) ',
      '@x ',
      '@^x ',
      'include x\n',
      '\\\n',
      '${_RANDOM 5 1}',
    ];
    const change = fc.record({
      at: fc.nat(guide.length),
      cut: fc.nat(30),
      put: fc.constantFrom(...pieces, ''),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => {
        let text = guide;
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut);
        survives(text);
      }),
      { numRuns: RUNS },
    );
  });
});
