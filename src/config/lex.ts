import type { Place, Report } from '../lib/problem.js';
import { placeIn, textOf, type Line } from './line.js';

/** A word, a brace, or the end of a line: keepalived's language knows nothing else. */
export type Token =
  | { readonly type: 'word'; readonly text: string; readonly at: Place }
  | { readonly type: 'open' | 'close' | 'newline'; readonly at: Place };

const SPACE = /[ \t\v\f\r\u00a0]/;

/**
 * Splits lines into tokens.
 *
 * Comments run from `#` or `!` to the end of the line unless escaped or quoted; braces stand for themselves
 * wherever they are outside quotes; a quoted word keeps its spaces (keepalived: lib/parser.c, read_line).
 * @param report told of a quote that is never closed
 * @returns every token, with no two newlines in a row
 */
export function lex(lines: readonly Line[], report: Report): readonly Token[] {
  const tokens: Token[] = [];
  for (const line of lines) {
    if (line.length > 0) lexLine(line, tokens, report);
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
  // One newline ends a line; more in a row would say nothing new.
  if (tokens.length > 0 && tokens.at(-1)?.type !== 'newline') {
    tokens.push({ type: 'newline', at: place(line.length, line.length) });
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
