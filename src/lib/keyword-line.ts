import { readBlock, type Keyword, type Keywords, type Statement, type Values, type Word } from './keyword.js';
import { nearest } from './nearest.js';
import type { Place, Report } from './problem.js';

/** A keyword in the middle of a line, such as `dev eth1` behind an address: how many of the words behind it are its. */
export type Option<T> = Keyword<T> & { readonly arity: number | ((words: readonly Word[]) => number) };

/** The options of a line, by name. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Keywords
export type Options = Readonly<Record<string, Option<any>>>;

/** No option has more words of its own. */
const MOST_WORDS = 32;

/** @returns the keyword as an option that takes as many words */
export const option = <T>(keyword: Keyword<T>, arity: Option<T>['arity'] = 1): Option<T> => ({
  ...keyword,
  arity,
});

/**
 * Reads what stands on a line behind that which it is about.
 * @param words the rest of the line
 * @param name what the line is about, for the messages
 * @param at where the line begins
 * @param unknown says what becomes of a word that is no option
 */
export function readOptions<K extends Options>(
  options: K,
  words: readonly Word[],
  name: string,
  at: Place,
  report: Report,
  unknown: (word: Word, hint: string | undefined) => void = (word, hint) =>
    report.warn(word.at, `"${word.text}" is no option of ${name}; it is ignored`, hint),
): Values<K> {
  const statements: Statement[] = [];
  for (let i = 0; i < words.length;) {
    const word = words[i++];
    if (word === undefined) break;
    const known = Object.hasOwn(options, word.text) ? options[word.text] : undefined;
    if (known === undefined) {
      const likely = nearest(word.text, Object.keys(options));
      unknown(word, likely === undefined ? undefined : `did you mean ${likely}?`);
      continue;
    }
    const rest = words.slice(i, i + MOST_WORDS);
    const count = typeof known.arity === 'number' ? known.arity : known.arity(rest);
    statements.push({ keyword: word, args: rest.slice(0, count) });
    i += count;
  }
  return readBlock<K & Keywords>(options, statements, name, at, report) as Values<K>;
}
