import type { Statement, Word } from '../lib/keyword.js';
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
  const words = [quotedKeyword(keyword), ...args.map(quoted)];
  const behind = (comment: string | undefined): string => (comment === undefined ? '' : ` ${comment}`);
  for (const comment of comments.before ?? []) lines.push(margin + comment);
  if (block === undefined) {
    const line = words.join(' ');
    // A comment keeps a backslash at the end from joining the next line.
    const last = comments.behind ?? (ENDS_OPEN.test(line) ? '#' : undefined);
    lines.push(`${margin}${line}${behind(last)}`);
    return;
  }
  lines.push(`${margin}${words.join(' ')} {${behind(comments.behind)}`);
  for (const inner of block) printStatement(inner, margin + STEP, lines);
  for (const comment of comments.end ?? []) lines.push(margin + STEP + comment);
  lines.push(`${margin}}${behind(comments.closing)}`);
}

/** What stands for itself only between quotes, and a parameter of keepalived's own, which quotes do not protect. */
const NEEDS_QUOTES = /[\s"{}#!]|\$_/;

const ENDS_OPEN = /(?<!\\)(?:\\\\)*\\$/;

/** The first word of a line has more meanings than others: @id lines, definitions, repetitions, includes. */
const quotedKeyword = (word: Word): string =>
  /^([@$~]|include[rmwba]?$)/.test(word.text) ? inQuotes(word.text) : quoted(word);

/** Quotes that make no difference are left out: it is a script that looks at single ones and at backslashes in a word. */
const quoted = ({ text, quoted }: Word): string =>
  text === '' || NEEDS_QUOTES.test(text) || (quoted === true && /['\\]/.test(text)) ? inQuotes(text) : text;

/** Inside quotes only a quote needs a backslash. `${_PWD}` and its like are taken apart. */
const inQuotes = (text: string): string => `"${text.replaceAll('"', '\\"').replace(/\$(?=\{?_)/g, '$$""')}"`;
