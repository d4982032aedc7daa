import type { Place, Report } from '../lib/problem.js';
import { endOfQuotes } from './quotes.js';

/** A line as it stands in a file, without its line end, its comment and the backslash that makes it go on. */
export interface Physical {
  readonly text: string;
  /** With its `#` or `!`. */
  readonly comment: string | undefined;
  /** Does a backslash join the next line to it? */
  readonly goesOn: boolean;
}

const MAY_BE_MORE = /[#!\\]/;
/** A backslash that is not another's. */
const GOES_ON = /(?<!\\)(?:\\\\)*(\\\s*)$/;

/** keepalived's buffer for a line, without its NUL. */
const LONGEST_LINE = 1023;

/** @returns the lines of a file, after what its author cannot see in it has been said */
export function linesOf(file: string, text: string, report: Report): readonly string[] {
  const place = (line: number, column: number): Place => ({ file, line, column, length: 1 });
  if (text.startsWith('\ufeff')) {
    const message = 'a byte order mark, which keepalived takes for a part of the first word';
    report.warn(place(1, 1), message, 'save the file without it');
  }
  if (!text.includes('\n') && /\r[^\r]/.test(text)) {
    const message = 'its lines end in carriage returns alone, which makes one long line of the file';
    report.error(place(1, 1), message, "tr '\\r' '\\n' puts it right");
    return [];
  }
  const lines = text.replace(/^\ufeff/, '').split('\n');
  let hasNul = false;
  for (const [i, line] of lines.entries()) {
    warnOfLength(line, place(i + 1, 1), report);
    const nul = line.indexOf('\0');
    if (nul < 0) continue;
    lines[i] = line.slice(0, nul);
    if (hasNul) continue;
    hasNul = true;
    const message = 'a NUL byte; as in keepalived, what stands behind one in its line does not count';
    report.warn(place(i + 1, nul + 1), message, 'is it a text at all?');
  }
  return lines;
}

/** Says that a line is too long for keepalived, if it is. */
export function warnOfLength(line: string, at: Place, report: Report): void {
  // Few lines are so long that it matters how many bytes their characters have.
  if (line.length <= LONGEST_LINE / 3) return;
  const size = new TextEncoder().encode(line).length;
  if (size <= LONGEST_LINE) return;
  report.warn(
    at,
    `this line has ${size} bytes; keepalived reads ${LONGEST_LINE} and takes the rest for another line`,
    'it is read whole here; write it shorter if keepalived is to read it, too',
  );
}

/**
 * Takes a line of a file apart. keepalived does so before anything else (lib/parser.c, decomment), so that nothing
 * in a comment is looked at, and a backslash at the end of a comment still joins the lines of a definition.
 */
export function physicalLine(line: string): Physical {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!MAY_BE_MORE.test(whole)) return { text: whole, comment: undefined, goesOn: false };
  const end = GOES_ON.exec(whole)?.[1];
  const at = commentAt(whole);
  const goesOn = end !== undefined;
  if (at < 0) return { text: whole.slice(0, whole.length - (end?.length ?? 0)), comment: undefined, goesOn };
  const comment = whole.slice(at).replace(/[\\\s]+$/, '');
  return { text: whole.slice(0, at), comment, goesOn };
}

/** Is it nothing but a comment? */
export const isComment = (line: Physical): boolean => line.comment !== undefined && line.text.trim() === '';

/** Comments that come to stand behind one line. */
export const joinComments = (...comments: readonly (string | undefined)[]): string | undefined => {
  const some = comments.filter(comment => comment !== undefined);
  return some.length === 0 ? undefined : some.join(' ');
};

/** Where a `#` or `!` begins a comment, as the lexer sees quotes and backslashes; -1 where none does. */
function commentAt(text: string): number {
  for (let i = 0; i < text.length; i++) {
    switch (text.charAt(i)) {
      case '\\':
        if (/[#!\\]/.test(text.charAt(i + 1))) i++;
        break;
      case '"': {
        const end = endOfQuotes(text, i);
        if (end < 0) return -1;
        i = end - 1;
        break;
      }
      case '#':
      case '!':
        return i;
    }
  }
  return -1;
}
