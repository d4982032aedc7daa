import type { Place, Report } from '../lib/problem.js';
import { placeIn, textOf, type CommentedLine, type Line } from './line.js';

/** A word, a brace, or the end of a line: keepalived's language knows nothing else, beside comments. */
export type Token =
  | { readonly type: 'word'; readonly text: string; readonly at: Place }
  | { readonly type: 'open' | 'close'; readonly at: Place }
  | { readonly type: 'newline' }
  /** One that has its line for itself has no newline behind it. */
  | { readonly type: 'comment'; readonly text: string; readonly alone: boolean };

const SPACE = /[ \t\v\f\r\u00a0]/;

/**
 * Splits lines into tokens.
 *
 * Comments run from `#` or `!` to the end of the line unless escaped or quoted; braces stand for themselves
 * wherever they are outside quotes; a quoted word keeps its spaces (keepalived: lib/parser.c, read_line).
 * @param report told of a quote that is never closed
 * @returns every token, with no two newlines in a row
 */
export function lex(lines: readonly CommentedLine[], report: Report): readonly Token[] {
  const tokens: Token[] = [];
  for (const { line, comment } of lines) {
    const before = tokens.length;
    if (line.length > 0) lexLine(line, tokens, report);
    const alone = tokens.length === before;
    if (comment !== undefined) tokens.push({ type: 'comment', text: comment, alone });
    if (!alone) tokens.push({ type: 'newline' });
  }
  return tokens;
}

function lexLine(whole: Line, tokens: Token[], report: Report): void {
  const line = textOf(whole);
  const place = (from: number, to: number): Place => placeIn(whole, from, to);
  let i = 0;
  while (i < line.length) {
    const c = line.charAt(i);
    if (SPACE.test(c)) {
      i++;
    } else if (c === '#' || c === '!') {
      break;
    } else if (c === '{' || c === '}') {
      tokens.push({ type: c === '{' ? 'open' : 'close', at: place(i, i + 1) });
      i++;
    } else {
      const word = takeWord(line, i);
      if (!word.closed) {
        report.error(place(i, line.length), 'this quote is never closed', 'put a " at its end');
      }
      tokens.push({ type: 'word', text: word.text, at: place(i, word.end) });
      i = word.end;
    }
  }
}

/** A word from `start` on: quotes are taken off, and inside them everything but `\"` stands for itself. */
function takeWord(line: string, start: number): { text: string; end: number; closed: boolean } {
  let text = '';
  let quoted = false;
  let i = start;
  for (; i < line.length; i++) {
    const c = line.charAt(i);
    if (
      c === '\\' &&
      i + 1 < line.length &&
      (quoted ? line.charAt(i + 1) === '"' : /[#!"\\]/.test(line.charAt(i + 1)))
    ) {
      text += line.charAt(++i);
    } else if (c === '"') {
      quoted = !quoted;
    } else if (!quoted && (SPACE.test(c) || c === '{' || c === '}' || c === '#' || c === '!')) {
      break;
    } else {
      text += c;
    }
  }
  return { text, end: i, closed: !quoted };
}
