import type { Place, Report } from '../lib/problem.js';
import { placeIn, textOf, type Line } from './line.js';

/** What an `include` line asks for. */
export interface IncludeLine {
  /** With wildcards and csh braces. */
  readonly pattern: string;
  /** Has there to be such a file? What goes wrong is an error then: includer, includem, includew, includeb, includea. */
  readonly strict: boolean;
  readonly at: Place;
}

/** Does a line include files? Parameters and conditions are not looked at before that, as in keepalived. */
export const isInclude = (line: Line): boolean => INCLUDE.test(textOf(line));

const INCLUDE = /^\s*(include[rmwba]?)(?:\s|$)\s*/;

/** @returns undefined, after a report, when such a line names no file */
export function readInclude(line: Line, report: Report): IncludeLine | undefined {
  const text = textOf(line);
  const [head = '', kind = ''] = INCLUDE.exec(text) ?? [];
  const at = placeIn(line, text.indexOf(kind), text.length);
  const written = text.slice(head.length).trim();
  const pattern = written.replace(/^"(.*)"$/, '$1');
  if (pattern === '') {
    report.error(at, `${kind} takes the name of a file`);
    return undefined;
  }
  if (pattern !== written) {
    const message = 'keepalived takes the quotes for a part of the name, and finds no such file';
    report.warn(at, message, `write ${kind} ${pattern}`);
  }
  return { pattern, strict: kind !== 'include', at };
}
