import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describeKeywords, keywordHelp, keywordPage } from '../../../src/config/keyword-page.js';
import { TOP } from '../../../src/config/keywords.js';
import type { Keywords } from '../../../src/lib/keyword.js';
import { block, flag, harmless, integer, notSupported, notYet } from '../../../src/lib/keyword-kinds.js';
import { otherName } from '../../../src/lib/keyword-rows.js';

const blocks = describeKeywords(TOP);
const rows = blocks.flatMap(({ paths, keywords }) =>
  keywords.map(keyword => ({ ...keyword, where: [...(paths[0] ?? []), keyword.name].join(' ') })),
);

/** The rows that something is wrong with. */
const wrong = (isWrong: (row: (typeof rows)[number]) => boolean): string[] =>
  rows.filter(isWrong).map(row => row.where);

describe('the page of keywords', () => {
  it('docs/keywords.md is what the tables give: if not, npm run docs writes it', () => {
    assert.equal(readFileSync('docs/keywords.md', 'utf8'), keywordPage(TOP));
  });

  it('says of each keyword what it means, short and in one form', () => {
    assert.deepEqual(
      wrong(({ means }) => means === '' || means.length > 120 || /^[A-Z][a-z]|[.\n]$/.test(means)),
      [],
    );
  });
  it('says of each that is not acted on how things are here, in the same form', () => {
    assert.deepEqual(
      wrong(
        ({ here }) => here !== null && (here === '' || here.length > 120 || /^[A-Z][a-z]|[.\n]$/.test(here)),
      ),
      [],
    );
    assert.deepEqual(
      wrong(({ state, here }) => state === 'harmless' && here === null),
      [],
    );
    assert.deepEqual(
      wrong(({ refused, here }) => refused && here === null),
      [],
    );
  });
  it('knows each keyword that another is a name of', () => {
    assert.deepEqual(
      blocks.flatMap(({ keywords }) =>
        keywords.filter(k => k.aliasOf !== null && !keywords.some(other => other.name === k.aliasOf)),
      ),
      [],
    );
  });
  it('has a default for nothing that its keyword would not take', () => {
    for (const { paths, options } of blocks) {
      if (options) continue;
      const table = (paths[0] ?? []).reduce<Keywords>((outer, name) => outer[name]?.within ?? {}, TOP);
      const at = { file: 'x', line: 1, column: 1, length: 1 };
      for (const [name, { default: usual, read }] of Object.entries(table)) {
        if (usual === undefined) continue;
        const said: string[] = [];
        const say = (_: unknown, message: string): number => said.push(message);
        const args = usual.split(' ').map(text => ({ text, at }));
        read({ keyword: { text: name, at }, args }, { error: say, warn: say, note: say }, undefined);
        assert.deepEqual(said, [], name);
      }
    }
  });

  const row = { means: 'does something' };
  const inner = { gear: integer(1, 2, { ...row, default: '1' }), lamp: notSupported(flag(row), 'a | b') };
  const cart = block('a block', { ...row, within: inner }, () => true);
  const table: Keywords = {
    cart: cart,
    wagon: otherName(cart, 'cart'),
    horse: notYet(
      block(
        'a block',
        { ...row, within: { name: harmless(flag({ ...row, required: true }), 'so it is') } },
        () => true,
      ),
      'none',
    ),
  };
  const page = keywordPage(table);

  it('has each table once, and names all its places', () => {
    assert.deepEqual(
      describeKeywords(table).map(b => b.paths),
      [[[]], [['cart'], ['wagon']], [['horse']]],
    );
    assert.match(page, /\n## `cart`\n\nAlso in `wagon`\.\n/);
  });
  it('has a line for each keyword', () => {
    for (const line of [
      '| `gear` | a whole number from 1 to 2 | `1` | does something | acted on |',
      '| `lamp` | on or off, or nothing, which means on |  | does something | not supported: a \\| b |',
      '| `horse` | a block |  | does something | not supported, refused: none |',
      '| `name` | on or off, or nothing, which means on | required | does something | harmless: so it is |',
    ]) {
      assert.ok(page.includes(`\n${line}\n`), `${line}\n${page}`);
    }
  });
  it('counts them', () => {
    assert.match(page, /\n\| top level \| 3 \| 2 \| 0 \| 1 \| 1 \|\n\| cart \| 2 \| 1 \| 0 \| 1 \| 0 \|\n/);
    assert.match(page, /\n\| \*\*all\*\* \| 6 \| 3 \| 1 \| 2 \| 1 \|\n/);
  });
  it('says of one keyword where it is and what it does', () => {
    assert.equal(
      keywordHelp(table, 'gear'),
      'gear in cart, wagon\n  means    does something\n  takes    a whole number from 1 to 2\n  default  1\n  here     acted on\n',
    );
    assert.equal(keywordHelp(table, 'toString'), undefined);
  });
});
