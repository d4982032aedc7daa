import type { Keyword, Row } from './keyword.js';
import { integer } from './keyword-kinds.js';

/** How much something that is watched counts. */
export interface Weight {
  readonly value: number;
  /** Turns good and bad round. */
  readonly reverse: boolean;
}

/** What may stand behind a weight. */
const TURNS: readonly string[] = ['reverse', 'noreverse'];

/** @returns how many of the words behind `weight` belong to it */
export const weightArity = (words: readonly { readonly text: string }[]): number =>
  TURNS.includes(words[1]?.text ?? '') ? 2 : 1;

/** A keyword that takes a whole number from -`most` to `most`, and perhaps `reverse` behind it. */
export const weight = (most: number, row: Row): Keyword<Weight> => {
  const number = integer(-most, most, row);
  return {
    effect: 'acted on',
    ...row,
    takes: `${number.takes}, and perhaps reverse`,
    read: ({ keyword, args: [first, second] }, report) => {
      const value = number.read({ keyword, args: first === undefined ? [] : [first] }, report, undefined);
      const reverse = second?.text === 'reverse';
      if (second !== undefined && !TURNS.includes(second.text)) {
        report.warn(
          second.at,
          `${keyword.text} knows nothing but reverse behind its number; "${second.text}" is ignored`,
        );
      }
      return value === undefined ? undefined : { value, reverse };
    },
  };
};
