import type { Place, Report } from '../lib/problem.js';
import { placeIn, textOf, type CommentedLine, type Line } from './line.js';
import { endOfQuotes } from './quotes.js';

/** A word, a brace, or the end of a line: keepalived's language knows nothing else, beside comments. */
export type Token =
  | { readonly type: 'word'; readonly text: string; readonly quoted?: true; readonly at: Place }
  | { readonly type: 'open' | 'close'; readonly at: Place }
  | { readonly type: 'newline' }
  /** One that has its line for itself has no newline behind it. */
  | { readonly type: 'comment'; readonly text: string; readonly alone: boolean };

/** Blanks of other scripts look like blanks, so they are taken for blanks. */
const SPACE = /\s/;
/** What keepalived takes for a blank. */
const PLAIN_SPACE = /[ \t\v\f\r\n]/;
/** The blanks there are most of. */
const MARGIN = /[ \t]+/y;
/** What programs that make configurations put values in the place of, as far as the end of the line. */
const PLACEHOLDER = /\{\{.*?\}\}|\{%.*?%\}/y;
/** What is nothing but itself: most words, whole. */
const PLAIN = /[^\s"{}#!\\$]+/y;
/** A parameter that stands for nothing: the braces belong to it, not to a block. */
const PARAMETER = /\$\{[^{}"]*\}/y;

/**
 * Splits a line into tokens.
 *
 * Comments run from `#` or `!` to the end of the line unless escaped or quoted; braces stand for themselves
 * wherever they are outside quotes; what is quoted is a word of its own and keeps its spaces (keepalived: lib/parser.c,
 * read_line and alloc_strvec).
 * @param report told of a quote that is never closed, and of what only looks as if it meant something
 * @param tokens gets them; no two newlines in a row
 */
export function lex({ line, comment }: CommentedLine, tokens: Token[], report: Report): void {
  const before = tokens.length;
  if (line.length > 0) lexLine(line, tokens, report);
  const alone = tokens.length === before;
  if (comment !== undefined) tokens.push({ type: 'comment', text: comment, alone });
  if (!alone) tokens.push(NEWLINE);
}

const NEWLINE: Token = { type: 'newline' };

function lexLine(whole: Line, tokens: Token[], report: Report): void {
  const line = textOf(whole);
  const { length } = line;
  const place = (from: number, to: number): Place => placeIn(whole, from, to);
  let oddBlank = -1;
  let i = 0;
  while (i < length) {
    const c = line.charAt(i);
    if (c === ' ' || c === '\t') {
      i = endOf(MARGIN, line, i);
    } else if (SPACE.test(c)) {
      if (!PLAIN_SPACE.test(c)) oddBlank = i;
      i++;
    } else if (c === '#' || c === '!') {
      break;
    } else if (c === '{' && endOf(PLACEHOLDER, line, i) > 0) {
      const end = endOf(PLACEHOLDER, line, i);
      report.error(place(i, end), 'nothing was put in the place of this placeholder', 'write the value');
      if (line.charAt(i + 1) === '{') {
        tokens.push({ type: 'word', text: line.slice(i, end), at: place(i, end) });
      }
      i = end;
    } else if (c === '{' || c === '}') {
      tokens.push({ type: c === '{' ? 'open' : 'close', at: place(i, i + 1) });
      i++;
    } else {
      const word = c === '"' ? takeQuoted(line, i) : takeWord(line, i);
      if (word === undefined) {
        report.error(place(i, line.length), 'this quote is never closed', 'put a " at its end');
        tokens.push({ type: 'word', text: line.slice(i + 1), quoted: true, at: place(i, line.length) });
        return;
      }
      const at = place(i, word.end);
      if (c === '"') tokens.push({ type: 'word', text: word.text, quoted: true, at });
      else tokens.push({ type: 'word', text: word.text, at });
      i = word.end;
    }
  }
  if (oddBlank >= 0) {
    report.warn(
      place(oddBlank, oddBlank + 1),
      'this blank is not a plain one, and keepalived takes it for a part of the word beside it',
      'type a space in its place',
    );
  }
}

function endOf(form: RegExp, text: string, start: number): number {
  form.lastIndex = start;
  return form.test(text) ? form.lastIndex : -1;
}

/** What stands between quotes, where everything but `\"` stands for itself; two pairs without a gap are one word. */
function takeQuoted(line: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  let i = start;
  while (line.charAt(i) === '"') {
    const end = endOfQuotes(line, i);
    if (end < 0) return undefined;
    text += line.slice(i + 1, end - 1).replace(/\\(["\\])/g, (pair, c) => (c === '"' ? '"' : pair));
    i = end;
  }
  return { text, end: i };
}

/** A word without quotes, in which a backslash stands for itself but before `#` and `!`. A quote ends it. */
function takeWord(line: string, start: number): { text: string; end: number } {
  const plain = endOf(PLAIN, line, start);
  if (plain > 0 && (plain === line.length || line.charAt(plain) === ' ')) {
    return { text: line.slice(start, plain), end: plain };
  }
  let text = plain > 0 ? line.slice(start, plain) : '';
  let i = Math.max(start, plain);
  while (i < line.length) {
    const c = line.charAt(i);
    const next = line.charAt(i + 1);
    const parameter = c === '$' && next === '{' ? endOf(PARAMETER, line, i) : -1;
    if (parameter > 0) {
      text += line.slice(i, parameter);
      i = parameter;
    } else if (c === '\\' && (next === '#' || next === '!' || next === '\\')) {
      text += next === '\\' ? '\\\\' : next;
      i += 2;
    } else if (SPACE.test(c) || c === '"' || c === '{' || c === '}' || c === '#' || c === '!') {
      break;
    } else {
      text += c;
      i++;
    }
  }
  return { text, end: i };
}
