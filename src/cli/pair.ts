import type { Pair } from '../config/pair.js';
import { countProblems } from '../config/show.js';
import type { Difference } from '../lib/pair.js';

const WIDTH = 80;

/**
 * The comparison as an operator reads it: a row for each difference with what each router has, then what happens with
 * it and what to write instead, once for each kind.
 */
export function showPair({ routers, differences }: Pair): string {
  const names = routers.map(router => router.name);
  if (differences.length === 0) return `${listed(names)} fit together as a pair\n`;
  const alike = gathered(differences);
  const rows = alike.map(({ first, more }) => [
    `  ${first.severity.padEnd(7)}  ${first.what}${more === 0 ? '' : `, ${more} more`}`,
    ...first.values,
  ]);
  const widths = ['', ...names].map((name, i) =>
    Math.max(name.length, ...rows.map(row => row[i]?.length ?? 0)),
  );
  const inColumns = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = [inColumns(['', ...names])];
  for (const [i, { first }] of alike.entries()) {
    if (first.where !== alike[i - 1]?.first.where) lines.push(first.where);
    lines.push(inColumns(rows[i] ?? []));
  }
  const verdict = `${listed(names)} as a pair: ${countProblems(differences)}`;
  return [...lines, '', ...explained(differences), verdict, ''].join('\n');
}

/** Differences of one instance or service that say the same share a row, where the first of them stands. */
function gathered(differences: readonly Difference[]): readonly { first: Difference; more: number }[] {
  const rows = new Map<string, { first: Difference; more: number }>();
  for (const difference of differences) {
    const { where, keyword, values, severity } = difference;
    const key = JSON.stringify([where, keyword, values, severity]);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { first: difference, more: 0 });
    else row.more++;
  }
  return [...rows.values()];
}

/** What happens and what to write, once for each kind of difference. */
function explained(differences: readonly Difference[]): readonly string[] {
  const kinds = new Map(differences.map(d => [`${d.keyword}: ${d.means}`, d.write]));
  return [...kinds].flatMap(([means, write]) => [
    ...wrapped(means, '', '  '),
    ...wrapped(write, '  = ', '    '),
    '',
  ]);
}

function wrapped(text: string, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = further;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
