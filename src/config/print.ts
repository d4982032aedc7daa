import type { Statement } from '../lib/keyword.js';
import type { Parsed } from './parse.js';

const STEP = '    ';

/**
 * The canonical form: one statement a line, blocks indented by four spaces, quotes where a word needs them. Reading
 * it gives the same statements and comments. Secrets are in it, as it is a configuration.
 * @param parsed without an error; nothing in it may hang on the machine any more
 */
export function print({ statements, end }: Parsed): string {
  const lines: string[] = [];
  for (const [i, statement] of statements.entries()) {
    // At the top level what has a block stands apart.
    if (i > 0 && (statement.block !== undefined || statements[i - 1]?.block !== undefined)) lines.push('');
    printStatement(statement, '', lines);
  }
  if (statements.length > 0 && end.length > 0) lines.push('');
  lines.push(...end);
  return lines.map(line => `${line}\n`).join('');
}

/** The canonical form without its comments: texts that mean the same give the same. */
export const canonical = (statements: readonly Statement[]): string =>
  print({ statements: statements.map(withoutComments), end: [] });

const withoutComments = ({ keyword, args, block }: Statement): Statement => ({
  keyword,
  args,
  ...(block === undefined ? {} : { block: block.map(withoutComments) }),
});

function printStatement(statement: Statement, margin: string, lines: string[]): void {
  const { keyword, args, block, comments = {} } = statement;
  const words = [quotedKeyword(keyword.text), ...args.map(arg => quoted(arg.text))];
  const behind = (comment: string | undefined): string => (comment === undefined ? '' : ` ${comment}`);
  for (const comment of comments.before ?? []) lines.push(margin + comment);
  if (block === undefined) {
    lines.push(`${margin}${words.join(' ')}${behind(comments.behind)}`);
    return;
  }
  lines.push(`${margin}${words.join(' ')} {${behind(comments.behind)}`);
  for (const inner of block) printStatement(inner, margin + STEP, lines);
  for (const comment of comments.end ?? []) lines.push(margin + STEP + comment);
  lines.push(`${margin}}${behind(comments.closing)}`);
}

/** What stands for itself only between quotes, and a parameter of keepalived's own, which quotes do not protect. */
const NEEDS_QUOTES = /[\s"\\{}#!]|\$_/;

/** The first word of a line has more meanings than others: @id lines, definitions, repetitions, includes. */
const quotedKeyword = (text: string): string =>
  /^([@$~]|include[rmwba]?$)/.test(text) ? inQuotes(text) : quoted(text);

const quoted = (text: string): string => (text === '' || NEEDS_QUOTES.test(text) ? inQuotes(text) : text);

/**
 * Inside quotes a backslash stands for itself, but not before a quote: those at the end go behind the quotes, and an
 * empty pair of quotes keeps the last of them from joining the next line. `${_PWD}` and its like are taken apart.
 */
function inQuotes(text: string): string {
  const [tail = ''] = /\\*$/.exec(text) ?? [];
  const inner = text
    .slice(0, text.length - tail.length)
    .replaceAll('"', '\\"')
    .replace(/\$(?=\{?_)/g, '$$""');
  return tail === '' ? `"${inner}"` : `"${inner}"${tail.replaceAll('\\', '\\\\')}""`;
}
