import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { withDefaults } from '../../src/config/defaults.js';
import { describeKeywords } from '../../src/config/keyword-page.js';
import { TOP } from '../../src/config/keywords.js';
import { showPair } from '../../src/cli/pair.js';
import { comparePair } from '../../src/config/pair.js';
import { print } from '../../src/config/print.js';
import { readConfig } from '../../src/config/read.js';
import { showProblem } from '../../src/config/show.js';
import type { Keywords } from '../../src/lib/keyword.js';

const guide = readFileSync('config/lb03.conf', 'utf8');
const { model: other } = readConfig('y.conf', guide);
const RUNS = 5000;

/**
 * Whatever the text: it is read to its end, every problem can be shown, its canonical form means the same, with
 * defaults and without, and it can be compared with another.
 */
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
  assert.deepEqual(readConfig('x.conf', print(withDefaults(reading))).model, model);
  if (other === undefined) return;
  const pair = comparePair([model, other].map(m => ({ file: 'x.conf', model: m })));
  assert.ok(pair.differences.every(difference => difference.values.length === 2));
  showPair(pair);
}

describe('fuzz: the reader', function () {
  this.timeout(60_000);

  it("survives every truncation of the guide's file", () => {
    for (let n = 0; n < guide.length; n++) survives(guide.slice(0, n));
  });

  it('survives random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survives), { numRuns: RUNS });
  });

  it('survives every keyword, in its place and out of it, with whatever behind it', () => {
    const args = [
      ...[
        '0',
        '1',
        '-1',
        '+7',
        '007',
        '1.5',
        '255',
        '65536',
        '4294967296',
        '1e9',
        'NaN',
        'x',
        '""',
        '"a b"',
        '|',
      ],
      ...[
        '10.0.0.1',
        '10.0.0.1-9',
        '10.0.0.0/24',
        'fd00::1',
        'fd00::/64',
        '::',
        '255.255.255.0',
        '<ip>',
        'X',
      ],
      ...[
        'on',
        'off',
        'eth0',
        'VI_1',
        'dev',
        'reverse',
        'weight',
        'type',
        'gue',
        'port',
        'fwmark',
        'group',
        'inst',
      ],
      ...['constructor', '__proto__', 'toString', 'hasOwnProperty'],
    ];
    const argument = (words: readonly string[]) => fc.constantFrom(...words, ...args);
    const everywhere = describeKeywords(TOP).flatMap(block => block.keywords.map(keyword => keyword.name));
    const body = (table: Keywords, depth: number): fc.Arbitrary<string> =>
      fc
        .array(fc.oneof({ weight: 9, arbitrary: line(table, depth) }, { weight: 1, arbitrary: stray }), {
          maxLength: 6,
        })
        .map(lines => lines.join('\n'));
    const stray = fc.constantFrom(...everywhere, ...args);
    const line = (table: Keywords, depth: number): fc.Arbitrary<string> =>
      fc.constantFrom(...Object.keys(table)).chain(name => {
        const { words = [], block = false, within = {} } = table[name] ?? {};
        const head = fc.array(argument(words), { maxLength: 4 }).map(all => [name, ...all].join(' '));
        if (!block || depth === 0) return head;
        const inner = Object.keys(within).length === 0 ? stray : body(within, depth - 1);
        return fc.tuple(head, inner).map(([first, rest]) => `${first} {\n${rest}\n}`);
      });
    const blocks = describeKeywords(TOP).filter(block => !block.options);
    const file = fc.constantFrom(...blocks).chain(({ paths: [path = []] }) => {
      const table = path.reduce<Keywords>((outer, name) => outer[name]?.within ?? {}, TOP);
      const head = path.map(name => `${name} 10.0.0.1 80 {\n`).join('');
      return body(table, 2).map(text => `${head}${text}${'\n}'.repeat(path.length)}`);
    });
    fc.assert(fc.property(file, survives), { numRuns: RUNS });
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
