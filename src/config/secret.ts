import type { Place, Problem } from '../lib/problem.js';
import type { Token } from './lex.js';

/** Keywords whose arguments are secrets. */
const SECRET_KEYWORDS = ['auth_pass', 'password', 'key'];
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

/** The secrets of each line, by its file and number. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

/**
 * @returns all words behind a secret keyword on its line, wherever in the line it stands, up to a brace: what is glued
 *   to a brace may be a part of a secret that contains it
 */
export function secretsOf(tokens: readonly Token[]): Secrets {
  const secrets = new Map<string, readonly string[]>();
  let words: string[] | undefined;
  let brace: Place | undefined;
  for (const token of tokens) {
    if (token.type === 'newline') words = undefined;
    brace = token.type === 'open' || token.type === 'close' ? token.at : brace;
    if (token.type !== 'word') continue;
    if (brace !== undefined && token.at.column !== brace.column + 1) words = undefined;
    brace = undefined;
    words?.push(token.text);
    if (words === undefined && SECRET_KEYWORDS.includes(token.text)) words = [];
    if (words !== undefined) secrets.set(lineOf(token.at), words);
  }
  return secrets;
}

const lineOf = ({ file, line }: Place): string => `${line} ${file}`;

/** A problem as it may be shown: it names no secret of its line. */
export function withoutSecrets(problem: Problem, secrets: Secrets): Problem {
  const words = secrets.get(lineOf(problem.at));
  if (words === undefined) return problem;
  const told = (text: string): string =>
    words.reduce(
      (rest, word) => (word.length < SHORT ? rest : rest.replaceAll(word, '***')),
      hideQuoted(text),
    );
  const hideQuoted = (text: string): string =>
    text.replace(/"([^"]*)"/g, (all, word: string) => (words.includes(word) ? '"***"' : all));
  const { hint } = problem;
  return { ...problem, message: told(problem.message), ...(hint === undefined ? {} : { hint: told(hint) }) };
}

/** Shorter words are hidden only where a message quotes them: they are parts of too many others. */
const SHORT = 4;
