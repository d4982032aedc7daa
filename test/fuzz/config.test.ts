import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { showPair } from '../../src/cli/pair.js';
import { withDefaults } from '../../src/config/defaults.js';
import type { Surroundings } from '../../src/config/expand.js';
import { describeKeywords } from '../../src/config/keyword-page.js';
import { TOP } from '../../src/config/keywords.js';
import { comparePair } from '../../src/config/pair.js';
import { print } from '../../src/config/print.js';
import { readConfig } from '../../src/config/read.js';
import { showProblem } from '../../src/config/show.js';
import type { Keywords } from '../../src/lib/keyword.js';
import type { Problem } from '../../src/lib/problem.js';
import { readCorpus } from '../interop/corpus.js';
import { Chance, mutated } from './mutation.js';

/** How often chance is asked for a file of keywords. */
const RUNS = 5000;
/** FUZZ=1000000 tries so many changed files. */
const INPUTS = Number(process.env['FUZZ'] ?? 5000);
/** SEED=n tries the inputs again from that one on. */
const FIRST = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);

const SAMPLES = '/usr/share/doc/keepalived/samples';
const samples = existsSync(SAMPLES)
  ? readdirSync(SAMPLES)
      .filter(name => name.startsWith('keepalived.conf.'))
      .map(name => readFileSync(join(SAMPLES, name), 'utf8'))
  : [];
/** In the place of each password, and nowhere else. */
const SECRET = 'hush-Zq7';
const files = [
  ...['lb03', 'lb04'].map(name => readFileSync(`config/${name}.conf`, 'utf8')),
  ...samples,
  ...readCorpus().map(one => one.files[0]?.bytes.toString('latin1') ?? ''),
].map(text => text.replace(/(auth_pass\s+)"?[\w@!-]+"?/g, `$1${SECRET}`));

/** Some files include themselves, and each other. */
const around = (text: string, other: string): Surroundings => ({
  configId: 'x',
  environment: { HOME: '/root' },
  random: () => 0.5,
  include: pattern => {
    const found = pattern === 'x' ? text : pattern === 'y' ? other : undefined;
    return { files: found === undefined ? [] : [{ file: pattern, text: found }], unreadable: [] };
  },
});

/** Is it certain that the secret is only where it was written as one? */
const isHidden = (text: string): boolean =>
  text
    .split('\n')
    .every(line => !line.includes(SECRET) || /^\s*(\S+ )?auth_pass\s+hush-Zq7\s*\}?\s*$/.test(line));

const MOST_SHOWN = 100;
/** Whatever takes longer than this would take for ever if there were more of it. */
const PATIENCE_MS = 60_000;

const partner = readConfig('lb03', files[0] ?? '').model;

/**
 * Whatever the text: it is read to its end, every problem can be shown, its canonical form means the same, with
 * defaults and without, and it can be compared with another.
 */
function survives(text: string, other: string): void {
  const surroundings = around(text, other);
  const texts = new Map([
    ['main', text],
    ['x', text],
    ['y', other],
  ]);
  const reading = readConfig('main', text, surroundings);
  const { model, problems } = reading;
  assert.equal(
    model === undefined,
    problems.some(p => p.severity === 'error'),
  );
  const hidden = isHidden(text) && isHidden(other);
  for (const problem of problems.slice(0, MOST_SHOWN)) look(problem, texts.get(problem.at.file), hidden);
  if (model === undefined) return;
  const form = print(reading);
  const again = readConfig('main', form);
  assert.deepEqual(again.model, model);
  assert.equal(print(again), form);
  assert.deepEqual(readConfig('main', print(withDefaults(reading))).model, model);
  if (partner === undefined) return;
  const pair = comparePair([model, partner].map(m => ({ file: 'main', model: m })));
  assert.ok(pair.differences.every(difference => difference.values.length === 2));
  const shown = showPair(pair);
  if (hidden) assert.ok(!JSON.stringify([pair, shown]).includes(SECRET));
}

function look(problem: Problem, text: string | undefined, hidden: boolean): void {
  const { line, column, length } = problem.at;
  assert.ok(text !== undefined, `there is no file ${problem.at.file}`);
  assert.ok(line >= 1 && column >= 1 && length >= 1, JSON.stringify(problem));
  const written = text.split('\n')[line - 1];
  assert.ok(written !== undefined, `there is no line ${line}`);
  assert.ok(column <= written.length + 1, `${problem.message}: there is no column ${column} in line ${line}`);
  const shown = showProblem(problem, text);
  if (hidden) assert.ok(!shown.includes(SECRET), shown);
}

describe('fuzz: the reader', function () {
  this.timeout(0);

  it("survives every truncation of the guide's file", () => {
    const [guide = ''] = files;
    for (let n = 0; n < guide.length; n++) survives(guide.slice(0, n), '');
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
    fc.assert(
      fc.property(file, text => survives(text, '')),
      { numRuns: RUNS },
    );
  });

  it(`survives ${INPUTS} changed files, from seed ${FIRST}`, () => {
    const started = performance.now();
    let slowest = 0;
    for (let seed = FIRST; seed < FIRST + INPUTS; seed++) {
      const chance = new Chance(seed);
      const other = chance.of(files);
      const text = mutated(files, chance);
      const before = performance.now();
      try {
        survives(text, other);
      } catch (error) {
        mkdirSync('dist/fuzz', { recursive: true });
        writeFileSync(`dist/fuzz/${seed}.conf`, text);
        throw new Error(`seed ${seed} (SEED=${seed} tries it again; dist/fuzz/${seed}.conf)`, {
          cause: error,
        });
      }
      const took = performance.now() - before;
      assert.ok(took < PATIENCE_MS, `seed ${seed} took ${took} ms`);
      slowest = Math.max(slowest, took);
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(`      ${seconds.toFixed(1)} s, the slowest ${slowest.toFixed(0)} ms`);
  });
});
