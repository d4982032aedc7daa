import type { Report } from '../lib/problem.js';
import { commented, placeIn, slice, textOf, type CommentedLine, type Line } from './line.js';
import { joinComments } from './physical.js';

/** More lines than this are not meant to be one. */
const MOST_JOINED = 1000;

/** Says what keepalived makes of lines that go on outside a definition. */
export function warnOfJoining(line: Line, [first]: readonly CommentedLine[], report: Report): void {
  const at = placeIn(line.length > 0 ? line : (first?.line ?? []), 0, 1);
  const message =
    'keepalived 2.2 joins the lines of a definition alone: it takes the backslash at the end for a part';
  report.warn(at, `${message} of the last word`, 'write one line');
}

/** @returns are they few enough to be joined? Reports it if they are not. */
export function areFew(more: readonly CommentedLine[], report: Report): boolean {
  const [first] = more;
  if (first === undefined || more.length <= MOST_JOINED) return true;
  report.error(placeIn(first.line, 0, 1), `more than ${MOST_JOINED} lines are joined here`);
  return false;
}

/** Lines become one, with a blank where one ended. */
export function joined({ line, comment }: CommentedLine, more: readonly CommentedLine[]): CommentedLine {
  const parts = more.flatMap(one => {
    const text = textOf(one.line);
    const start = text.length - text.trimStart().length;
    const trimmed = slice(one.line, start, text.trimEnd().length);
    const at = placeIn(one.line, start, start + 1);
    return [{ text: ' ', at }, ...trimmed];
  });
  const comments = joinComments(comment, ...more.map(one => one.comment));
  return commented([...line, ...parts], comments);
}
