import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

interface Row {
  readonly line: string;
  readonly kept: string;
  readonly file: string;
  readonly sentence: string;
}

const rows = readFileSync('docs/rfc-ledger.md', 'utf8')
  .split('\n')
  .filter(line => /^\| .*§/.test(line))
  .map((line): Row => {
    const cells = line.split('|').map(cell => cell.trim());
    const [, file = '', sentence = ''] = /^`([^`]+)`: (.+)$/.exec(cells[5] ?? '') ?? [];
    return { line, kept: cells[4] ?? '', file, sentence };
  });

/** Helpers of tests lie beside them, under their own name. */
const textOf = (file: string): string =>
  [`test/unit/${file}.test.ts`, `test/unit/${file}.ts`]
    .filter(path => existsSync(path))
    .map(path => readFileSync(path, 'utf8'))
    .join('');

describe('the RFC ledger', () => {
  it('names for each requirement a test that is there', () => {
    const missing = rows.filter(({ file, sentence }) => file === '' || !textOf(file).includes(sentence));
    assert.deepEqual(missing, []);
    assert.ok(rows.length > 40);
  });

  it('says of each whether it is kept', () => {
    assert.deepEqual(
      rows.filter(({ kept }) => !/^(yes|(no|in part) [¹²³⁴⁵⁶⁷⁸⁹])$/.test(kept)),
      [],
    );
  });
});
