import assert from 'node:assert/strict';
import { ALONE } from '../../../src/config/expand.js';
import { readStatements } from '../../../src/config/read.js';
import { readBlock, type Keywords } from '../../../src/lib/keyword.js';
import {
  bare,
  block,
  choice,
  flag,
  harmless,
  integer,
  lines,
  notSupported,
  notYet,
  secondsFrom,
} from '../../../src/lib/keyword-kinds.js';
import { oldName, otherName, partsOf } from '../../../src/lib/keyword-rows.js';
import { Problems } from '../../../src/lib/problem.js';

const row = { means: '' };
const speed = choice(['slow', 'fast'], { ...row, otherwise: 'slow' });
const gears = integer(-1, 9, row);
const inner = { gears, lights: notYet(flag(row), 'it is dark') } satisfies Keywords;
const cart = partsOf({ ...inner, box: block('a block', { ...row, within: inner }, () => true) });
const TABLE = {
  gears,
  speed,
  pace: otherName(speed, 'speed'),
  velocity: oldName(speed, 'speed'),
  lights: notYet(flag({ ...row, otherwise: 'off' }), 'it is dark', on => !on),
  horn: notSupported(bare(row), 'it is quiet', on => !on),
  bell: harmless(bare(row), 'nobody hears it'),
  rest: secondsFrom(0, 9, row),
  cart: notYet(
    block('a block', { ...row, within: cart }, (_, body, report) =>
      readBlock(cart, body, 'cart', body[0]!.keyword.at, report),
    ),
    'nothing is drawn',
  ),
  stops: lines('a block of names', row, ([first]) => (first.text === 'none' ? undefined : first.text)),
} satisfies Keywords;

function read(text: string) {
  const problems = new Problems();
  const { statements } = readStatements('x', text, ALONE, problems);
  const start = { file: 'x', line: 1, column: 1, length: 1 };
  const { value } = readBlock(TABLE, statements, 'the cart', start, problems);
  return { value, said: problems.all.map(p => `${p.severity} ${p.at.line}:${p.at.column} ${p.message}`) };
}

describe("a block's table", () => {
  for (const [name, text, value, said] of [
    [
      'a bad value is an error',
      'gears 10',
      {},
      ['error 1:7 gears takes a whole number from -1 to 9, not "10"'],
    ],
    [
      'a bad value is a warning where the row says what counts then',
      'speed quick',
      {},
      ['warning 1:7 speed takes one of slow, fast, not "quick"; as in keepalived, slow counts then'],
    ],
    ['a number may be negative', 'gears -1', { gears: -1 }, []],
    [
      'the later of two names counts, and it is said that they are one',
      'speed slow\npace fast',
      { speed: 'fast' },
      ['warning 2:1 pace and speed in line 1 are two names of the same; the later counts'],
    ],
    ['another name is as good', 'pace fast', { speed: 'fast' }, []],
    [
      'an old name is kept under the new one',
      'velocity fast',
      { speed: 'fast' },
      ['warning 1:1 this is an old name; write speed'],
    ],
    ['the same name twice is no complaint', 'pace slow\npace fast', { speed: 'fast' }, []],
    [
      'what is not there yet is an error',
      'lights',
      { lights: true },
      ['error 1:1 lights is not supported yet: it is dark'],
    ],
    ['but not when it asks for what is so anyway', 'lights off', { lights: false }, []],
    [
      'nor when its value cannot be read and something else counts',
      'lights dim',
      {},
      ['warning 1:8 lights takes on or off, not "dim"; as in keepalived, off counts then'],
    ],
    [
      'what is not supported is a warning',
      'horn',
      { horn: true },
      ['warning 1:1 horn is not supported: it is quiet'],
    ],
    [
      'a switch that keepalived takes for on is believed when it says off',
      'horn off',
      { horn: false },
      ['warning 1:6 keepalived takes horn for on, whatever follows it; here it is off'],
    ],
    [
      'a switch takes nothing',
      'bell loud',
      { bell: true },
      ['warning 1:6 bell takes nothing; "loud" is ignored', 'note 1:1 bell changes nothing: nobody hears it'],
    ],
    [
      'a block that is not supported is read, and says so once',
      'cart {\nlights\ngears 99\n}',
      undefined,
      [
        'error 3:7 gears takes a whole number from -1 to 9, not "99"',
        'error 1:1 cart is not supported yet: nothing is drawn',
      ],
    ],
    ['lines', 'stops { a\nnone\nb c }\nstops { d }', { stops: ['a', 'b', 'd'] }, []],
  ] as const) {
    it(name, () => {
      const result = read(text);
      assert.deepEqual(result.said, said);
      if (value !== undefined) assert.deepEqual(result.value, value);
    });
  }

  it('parts of a block that is not supported are not supported, however deep', () => {
    assert.equal(cart.lights.effect, 'not supported');
    assert.equal(cart.lights.here, undefined);
    assert.equal(cart.box.within?.['lights']?.here, undefined);
    assert.equal(cart.box.within?.['gears']?.effect, 'not supported');
  });

  for (const placeholder of ['<n>', 'X', 'x.x.x.x', 'YOUR_NUMBER', '{{n}}', '$GEARS', '[n]', '%gears%']) {
    it(`sees a placeholder in ${placeholder}`, () => {
      const problems = new Problems();
      const at = { file: 'x', line: 1, column: 1, length: 1 };
      gears.read({ keyword: { text: 'gears', at }, args: [{ text: placeholder, at }] }, problems, undefined);
      assert.match(problems.all[0]?.hint ?? '', /placeholder/);
    });
  }
});
