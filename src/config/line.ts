import type { Place } from '../lib/problem.js';

/** A part of a line that came from one place. */
interface Piece {
  readonly text: string;
  /** Where it stands in the file; of a parameter's value, where the parameter is used. */
  readonly at: Place;
}

/** A line as it is read, after parameters have been put in, that still knows where each of its words was written. */
export type Line = readonly Piece[];

/** A line with the comment behind it, which is text and nothing else; without pieces, a comment alone. */
export interface CommentedLine {
  readonly line: Line;
  /** With its `#` or `!`. */
  readonly comment?: string;
}

/** A line as it stands in the file. @param number counted from 1 */
export const lineOf = (file: string, number: number, text: string): Line => [
  { text, at: { file, line: number, column: 1, length: text.length } },
];

export const textOf = (line: Line): string =>
  line.length === 1 ? (line[0]?.text ?? '') : line.map(p => p.text).join('');

/** The characters from `from` up to `to`, with their places. */
export function slice(line: Line, from: number, to = Infinity): Line {
  const cut: Piece[] = [];
  let start = 0;
  for (const piece of line) {
    const text = piece.text.slice(Math.max(0, from - start), Math.max(0, to - start));
    if (text !== '') {
      cut.push({
        text,
        at: isWritten(piece) ? moved(piece.at, Math.max(0, from - start), text.length) : piece.at,
      });
    }
    start += piece.text.length;
  }
  return cut;
}

/** Puts `value` in the place of the characters from `from` up to `to`; its words stand where those stood. */
export function replace(line: Line, from: number, to: number, value: string): Line {
  return [...slice(line, 0, from), { text: value, at: placeIn(line, from, to) }, ...slice(line, to)];
}

/** Where the characters from `from` up to `to` were written. */
export function placeIn(line: Line, from: number, to: number): Place {
  const first = line[0];
  if (first !== undefined && line.length === 1 && isWritten(first)) {
    // Nearly every word of a large file comes this way.
    const length = (to < first.text.length ? to : first.text.length) - from;
    return moved(first.at, from, length < 1 ? 1 : length);
  }
  let start = 0;
  for (const piece of line) {
    if (from < start + piece.text.length || piece === line.at(-1)) {
      if (!isWritten(piece)) return piece.at;
      return moved(
        piece.at,
        from - start,
        Math.max(1, Math.min(to - from, piece.text.length - (from - start))),
      );
    }
    start += piece.text.length;
  }
  throw new Error('a line has at least one piece');
}

/** Is it as it stands in the file? The value of a parameter is as long as the use of it only by chance. */
const isWritten = (piece: Piece): boolean => piece.at.length === piece.text.length;

const moved = ({ file, line, column }: Place, by: number, length: number): Place => ({
  file,
  line,
  column: column + by,
  length,
});

/** A line with a comment, if there is one. */
export const commented = (line: Line, comment: string | undefined): CommentedLine =>
  comment === undefined ? { line } : { line, comment };
