import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { internetChecksum } from '../../../src/lib/checksum.js';
import { isDeepEqual } from '../../../src/lib/equal.js';
import { spread } from '../../../src/lib/hash.js';
import { nearest } from '../../../src/lib/nearest.js';
import { hex } from '../../fakes/hex.js';

describe('lib: checksum', () => {
  it('is that of RFC 1071 §3', () => assert.equal(internetChecksum(hex('0001 f203 f4f5 f6f7')), 0x220d));
  it('fills up an odd part with a zero', () =>
    assert.equal(internetChecksum(hex('0001 f2')), internetChecksum(hex('0001 f200'))));
  it('takes several parts as one', () =>
    assert.equal(internetChecksum(hex('0001 f203'), hex('f4f5 f6f7')), 0x220d));
  it('of nothing is all ones', () => assert.equal(internetChecksum(), 0xffff));
  it('carries more than once', () => assert.equal(internetChecksum(new Uint8Array(2000).fill(0xff)), 0));
});

describe('lib: what an operator most likely meant', () => {
  const words = [
    'virtual_ipaddress',
    'virtual_router_id',
    'nat_mask',
    'priority',
    'wrr',
    'rr',
    'MASTER',
    'BACKUP',
  ];
  for (const [wrote, meant] of [
    ['virtual_ipadress', 'virtual_ipaddress'],
    ['net_mask', 'nat_mask'],
    ['prioritee', 'priority'],
    ['pirority', 'priority'],
    ['master', 'MASTER'],
    ['wrrr', 'wrr'],
    ['quorum', undefined],
    ['x', undefined],
  ] as const) {
    it(`${wrote}: ${meant ?? 'nothing near'}`, () => assert.equal(nearest(wrote, words), meant));
  }
  it('is as near as none of the others, and the first that is', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), maxLength: 8 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 4 }), (wrote, known) => {
        const slips = known.map(other => distance(wrote.toLowerCase(), other.toLowerCase()));
        const least = Math.min(...slips);
        const most = Math.min(3, Math.floor(wrote.length / 2));
        assert.equal(nearest(wrote, known), least > most ? undefined : known[slips.indexOf(least)]);
      }),
    );
  });
  it('is not looked for among very many words', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `word${i}`);
    assert.equal(nearest('word7x', many), 'word7');
    assert.equal(nearest('word7x', [...many, 'more']), undefined);
  });

  /** Slips between two words, in the plainest way. */
  function distance(a: string, b: string): number {
    if (a === '' || b === '') return a.length + b.length;
    const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
    return Math.min(
      distance(a.slice(0, -1), b) + 1,
      distance(a, b.slice(0, -1)) + 1,
      distance(a.slice(0, -1), b.slice(0, -1)) + (a.at(-1) === b.at(-1) ? 0 : 1),
      swapped ? distance(a.slice(0, -2), b.slice(0, -2)) + 1 : Infinity,
    );
  }
});

describe('lib: spread', () => {
  it('is the same for a name in every run, and within one', () => {
    assert.equal(spread('10.0.0.17:80'), spread('10.0.0.17:80'));
    for (let i = 0; i < 1000; i++) assert.ok(spread(`s${i}`) >= 0 && spread(`s${i}`) < 1);
  });
  it('fills the interval evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(spread(`10.0.${i >> 8}.${i & 255}:80`) * 10)]!++;
    for (const count of tenths) assert.ok(count > 800 && count < 1200, tenths.join(' '));
  });
});

describe('lib: equality of plain data', () => {
  /** Without -0, which is 0 once it has crossed to another process. */
  const data = fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)) as unknown);
  it("is node's own", () =>
    fc.assert(
      fc.property(data, data, (a, b) => {
        assert.equal(isDeepEqual(a, b), isDeepStrictEqual(a, b));
        assert.ok(isDeepEqual(a, structuredClone(a)));
      }),
    ));
  for (const [name, a, b, equal] of [
    ['a field that is undefined is none', { a: 1, b: undefined }, { a: 1 }, true],
    ['on either side', { a: 1 }, { a: 1, b: undefined }, true],
    ['a field more is a difference', { a: 1 }, { a: 1, b: null }, false],
    ['an array is no object', [], {}, false],
    ['nor the other way round', {}, [], false],
    ['an item more is a difference', [1], [1, 2], false],
  ] as const) {
    it(name, () => assert.equal(isDeepEqual(a, b), equal));
  }
});
