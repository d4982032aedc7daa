import type { Keyword, Keywords } from './keyword.js';

/** @returns the keywords of a block that is not supported: none of them is acted on, and the block says so */
export const partsOf = <K extends Keywords>(keywords: K): K =>
  Object.fromEntries(
    Object.entries(keywords).map(([name, keyword]) => {
      const part = {
        ...keyword,
        effect: 'not supported',
        here: undefined,
        stops: undefined,
        moot: undefined,
      };
      const { within, options } = keyword;
      return [
        name,
        {
          ...part,
          ...(within === undefined ? {} : { within: partsOf(within) }),
          ...(options === undefined ? {} : { options: partsOf(options) }),
        },
      ];
    }),
  ) as unknown as K;

/** Another name of a keyword, which keepalived takes as it takes the first. */
export const otherName = <T>(keyword: Keyword<T>, aliasOf: string): Keyword<T> => ({
  ...keyword,
  aliasOf,
  means: `another name of ${aliasOf}`,
});

/** A name that a keyword had once, which keepalived still takes. */
export const oldName = <T>(keyword: Keyword<T>, aliasOf: string): Keyword<T> => ({
  ...keyword,
  aliasOf,
  means: `an old name of ${aliasOf}`,
  warning: `this is an old name; write ${aliasOf}`,
});

/** A time in seconds, whose value is in milliseconds: says it where more decimals are written than count. */
export function rounded(keyword: Keyword<number>): Keyword<number> {
  return {
    ...keyword,
    read: (statement, report, before) => {
      const value = keyword.read(statement, report, before);
      const [written] = statement.args;
      if (value !== undefined && written !== undefined && /\.\d{6}\d*[1-9]/.test(written.text)) {
        report.warn(
          written.at,
          `six decimals count; ${written.text} is rounded to ${Math.round(value * 1000) / 1e6}`,
        );
      }
      return value;
    },
  };
}
