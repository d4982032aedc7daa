import { nearest } from './nearest.js';
import {
  readBlock,
  type Keyword,
  type Keywords,
  type Row,
  type Statement,
  type Values,
  type Word,
} from './keyword.js';
import { rounded } from './keyword-rows.js';
import type { Place, Report } from './problem.js';
import { err, ok, type Result } from './result.js';

/**
 * Says that a value cannot be read: an error, or a warning where the keyword's row says what counts in its place.
 * @param wrong the sentence, without its end
 */
export function refuse(row: Row, at: Place, wrong: string, report: Report, hint?: string): void {
  if (row.otherwise === undefined) report.error(at, wrong, hint);
  else report.warn(at, `${wrong}; as in keepalived, ${row.otherwise} counts then`, hint);
}

/** Says that nothing stands behind a keyword that takes something. */
export function lacks(row: Row, { keyword: { text, at } }: Statement, takes: string, report: Report): void {
  if (row.mayBeEmpty === true) report.warn(at, `${text} without anything is ignored, as in keepalived`);
  else report.error(at, `${text} takes ${takes}`);
}

/** What somebody left standing in a template: `<ip>`, `X`, `x.x.x.x`, `YOUR_VIP`, `{{ weight }}`, `$WEIGHT`. */
const PLACEHOLDER =
  /^(<.*>|\[.*\]|\{\{.*|%.*%|\$.*|x+(\.x+)*|(your|my|change)[_-].*|\w+_(ip|vip|port|address))$/i;

/** @returns the hint for a word that was to be replaced before the file is used; none for any other word */
export const placeholderHint = (text: string): string | undefined =>
  PLACEHOLDER.test(text)
    ? `"${text}" looks like the placeholder of a template; write the value in its place`
    : undefined;

/** A keyword with exactly one argument, read by `parse`, which gives undefined for what it does not take. */
export function one<T>(takes: string, parse: (text: string) => T | undefined, row: Row): Keyword<T> {
  return {
    effect: 'acted on',
    ...row,
    takes,
    read: (statement, report) => {
      const [word, extra] = statement.args;
      const name = statement.keyword.text;
      if (word === undefined) {
        lacks(row, statement, takes, report);
        return undefined;
      }
      if (extra !== undefined) {
        report.warn(extra.at, `${name} takes one argument; "${extra.text}" is ignored`);
      }
      const value = parse(word.text);
      if (value === undefined) {
        const wrong = `${name} takes ${takes}, not "${word.text}"`;
        refuse(row, word.at, wrong, report, placeholderHint(word.text));
      }
      return value;
    },
  };
}

/** A keyword that takes a whole number from `least` to `most`. */
export const integer = (least: number, most: number, row: Row): Keyword<number> =>
  one(`a whole number from ${least} to ${most}`, text => inRange(text, /^[+-]?\d+$/, least, most), row);

/** A keyword that takes seconds with up to six decimals; the value is in milliseconds, whole microseconds. */
export const secondsFrom = (least: number, most: number, row: Row): Keyword<number> =>
  rounded(
    one(
      `seconds from ${least} to ${most}`,
      text => {
        const value = inRange(text, /^\+?(\d+(\.\d*)?|\.\d+)$/, least, most);
        return value === undefined ? undefined : Math.round(value * 1e6) / 1e3;
      },
      row,
    ),
  );

function inRange(text: string, form: RegExp, least: number, most: number): number | undefined {
  const value = form.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** A keyword that takes one word of a closed list; a near miss is named. */
export function choice<const T extends string>(words: readonly T[], row: Row): Keyword<T> {
  const takes = `one of ${words.join(', ')}`;
  return {
    effect: 'acted on',
    ...row,
    takes,
    words,
    read: (statement, report) => {
      const [word] = statement.args;
      const name = statement.keyword.text;
      if (word === undefined) {
        report.error(statement.keyword.at, `${name} takes ${takes}`);
        return undefined;
      }
      const found = words.find(w => w === word.text);
      if (found === undefined) {
        const likely = nearest(word.text, words);
        const hint = likely === undefined ? placeholderHint(word.text) : `did you mean ${likely}?`;
        refuse(row, word.at, `${name} takes ${takes}, not "${word.text}"`, report, hint);
      }
      return found;
    },
  };
}

/** keepalived's booleans: on, off, true, false, yes, no, in lower case; the bare keyword means true. */
export const flag = (row: Row): Keyword<boolean> => ({
  effect: 'acted on',
  ...row,
  takes: 'on or off, or nothing, which means on',
  words: ['on', 'off', 'true', 'false', 'yes', 'no'],
  read: (statement, report) => {
    const [word] = statement.args;
    if (word === undefined || ['on', 'true', 'yes'].includes(word.text)) return true;
    if (['off', 'false', 'no'].includes(word.text)) return false;
    refuse(row, word.at, `${statement.keyword.text} takes on or off, not "${word.text}"`, report);
    return undefined;
  },
});

/**
 * A keyword that stands alone and switches something on. keepalived takes it for on whatever follows; a word for off
 * is believed here, since whoever writes it means it.
 */
export const bare = (row: Row): Keyword<boolean> => ({
  effect: 'acted on',
  ...row,
  takes: 'nothing',
  read: ({ keyword: { text: name }, args: [word] }, report) => {
    if (word === undefined) return true;
    if (['off', 'false', 'no'].includes(word.text)) {
      report.warn(
        word.at,
        `keepalived takes ${name} for on, whatever follows it; here it is off`,
        'leave the line out',
      );
      return false;
    }
    report.warn(word.at, `${name} takes nothing; "${word.text}" is ignored`);
    return true;
  },
});

/** A keyword whose block has lines of words, each read by `parse`; what it gives undefined for has been reported. */
export const lines = <T>(
  takes: string,
  row: Row,
  parse: (line: readonly [Word, ...Word[]], report: Report) => T | undefined,
): Keyword<readonly T[]> =>
  block<readonly T[]>(takes, row, (statement, body, report, before = []) => {
    reportBeforeBlock(statement, report);
    const read = body.flatMap(({ keyword, args }) => {
      const value = parse([keyword, ...args], report);
      return value === undefined ? [] : [value];
    });
    return [...before, ...read];
  });

/** Says it where something stands between a keyword and its `{` that has no meaning there. */
export function reportBeforeBlock({ keyword, args: [first] }: Statement, report: Report): void {
  if (first === undefined) return;
  report.warn(
    first.at,
    `"${first.text}" before the block of ${keyword.text} is ignored`,
    'write it inside the block',
  );
}

/** A keyword that takes any one word. */
export const word = (what: string, row: Row): Keyword<string> => one(what, text => text, row);

/** A keyword that takes one word, or nothing, which gives an empty text. */
export const optionalWord = (what: string, row: Row): Keyword<string> => ({
  effect: 'acted on',
  ...row,
  takes: `nothing, or ${what}`,
  read: ({ args: [first] }) => first?.text ?? '',
});

/** A keyword that takes one secret word, which no message ever shows. */
export const secret = (what: string, row: Row): Keyword<string> => ({
  effect: 'acted on',
  ...row,
  takes: what,
  read: (statement, report) => {
    const [first, extra] = statement.args;
    if (first === undefined) report.error(statement.keyword.at, `${statement.keyword.text} takes ${what}`);
    if (extra !== undefined) {
      report.warn(extra.at, `${statement.keyword.text} takes one argument; the rest of the line is ignored`);
    }
    return first?.text;
  },
});

/** A keyword whose block is read by `read`; each further statement of it is given what came `before`. */
export function block<T>(
  takes: string,
  row: Row,
  read: (
    statement: Statement,
    body: readonly Statement[],
    report: Report,
    before: T | undefined,
  ) => T | undefined,
): Keyword<T> {
  return {
    effect: 'acted on',
    ...row,
    block: true,
    takes,
    read: (statement, report, before) => {
      if (statement.block === undefined) {
        report.error(statement.keyword.at, `${statement.keyword.text} takes ${takes}`, 'write { after it');
        return undefined;
      }
      return read(statement, statement.block, report, before);
    },
  };
}

/** A block that has a name, as it stands in the file, before what it leaves out is filled in. */
export interface Named<K extends Keywords> {
  readonly name: string;
  /** Where its name stands. */
  readonly at: Place;
  readonly values: Values<K>;
}

/** A keyword of a block that has a name and may be there many times, each time with another name; gives all of them. */
export function named<K extends Keywords>(within: K, row: Row): Keyword<Named<K>[]> {
  /** For each list that is being made, by name: a file may have thousands. */
  const known = new WeakMap<readonly Named<K>[], Map<string, Named<K>>>();
  return block<Named<K>[]>(
    'a name and a block',
    { ...row, within },
    (statement, body, report, before = []) => {
      const name = arg(statement, 0, 'a name and a block', report);
      const block = `${statement.keyword.text} ${name.ok ? name.value.text : ''}`.trim();
      const values = readBlock(within, body, block, statement.keyword.at, report);
      const extra = statement.args[1];
      if (extra !== undefined) {
        report.warn(
          extra.at,
          `a name is one word; "${extra.text}" is ignored`,
          'put several words in quotes',
        );
      }
      if (!name.ok) return before;
      const { text, at } = name.value;
      const byName = known.get(before) ?? new Map<string, Named<K>>();
      const first = byName.get(text);
      if (first === undefined) {
        const read = { name: text, at, values };
        before.push(read);
        known.set(before, byName.set(text, read));
      } else {
        const hint = `the first is in line ${first.at.line}`;
        report.warn(at, `${block} is there a second time; as in keepalived, the first counts`, hint);
      }
      return before;
    },
  );
}

/** A keyword that is accepted and changes nothing. @param here why, as a sentence's end */
export const harmless = <T>(keyword: Keyword<T>, here: string): Keyword<T> => ({
  ...keyword,
  effect: 'harmless',
  here,
});

/**
 * A keyword that is known and not supported: a warning.
 * @param here what is different, as a sentence's end
 * @param moot which values ask for no more than that
 */
export const notSupported = <T>(
  keyword: Keyword<T>,
  here: string,
  moot?: (value: T) => boolean,
): Keyword<T> => ({
  ...keyword,
  effect: 'not supported',
  here,
  ...(moot === undefined ? {} : { moot }),
});

/**
 * A keyword that is known and not supported yet, and without which other traffic would flow: an error.
 * @param here what would be different, as a sentence's end
 * @param moot which values ask for no more than that
 */
export const notYet = <T>(keyword: Keyword<T>, here: string, moot?: (value: T) => boolean): Keyword<T> => ({
  ...notSupported(keyword, here, moot),
  stops: true,
});

/** @returns the argument at `index`, or a report that it is missing. */
export function arg(statement: Statement, index: number, what: string, report: Report): Result<Word, void> {
  const found = statement.args[index];
  if (found !== undefined) return ok(found);
  report.error(statement.keyword.at, `${statement.keyword.text} takes ${what}`);
  return err(undefined);
}
