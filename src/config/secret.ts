/** Words behind which everything on the line is a secret, which no message may show. */
const SECRET = /(^|[\s{}()"'])(auth_pass|password|key)(?=["'\s]|$)/;
/** What a parameter stands for may be used as a secret. */
const DEFINITION = /^\s*(?:@\S+\s+)*\$\w+\s*=/;

/** Is a part of this text behind such a word? */
export const holdsSecret = (text: string): boolean => SECRET.test(text);

/**
 * A line of a file as it may be shown: every character of a secret is a star.
 * @param lines the file
 * @param index which of them, from 0
 */
export function shownLine(lines: readonly string[], index: number): string {
  const line = (lines[index] ?? '').replace(/\r$/, '');
  let start = index;
  while (start > 0 && /\\\s*$/.test(lines[start - 1] ?? '')) start--;
  if (lines.slice(start, index).some(holdsSecret)) return starred(line, 0);
  const open = [SECRET, DEFINITION].map(form => form.exec(line)).find(found => found !== null);
  return open === undefined ? line : starred(line, open.index + open[0].length);
}

const starred = (line: string, from: number): string =>
  line.slice(0, from) + line.slice(from).replace(/\S/g, '*');
