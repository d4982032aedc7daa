import { nearest } from './nearest.js';
import type { Place, Report } from './problem.js';
import { err, ok, type Result } from './result.js';

/** A word of a configuration file, without its quotes. */
export interface Word {
  readonly text: string;
  readonly at: Place;
}

/** A keyword with its arguments and, where `{` followed, the statements of its block. */
export interface Statement {
  readonly keyword: Word;
  readonly args: readonly Word[];
  readonly block?: readonly Statement[];
}

/**
 * What holdfast does with a keyword: acts on it, accepts it since it changes nothing here,
 * or knows it and does not support it, which is said whenever it is met.
 */
export type Effect = 'acted on' | 'harmless' | 'not supported';

/** One keyword of one block: the reader, the error texts and the documentation all come from it. */
export interface Keyword<T> {
  /** The arguments in words, fit for "NAME takes …". */
  readonly takes: string;
  /** What it means, and its default. */
  readonly means: string;
  readonly effect: Effect;
  /** Said as a warning whenever the keyword is met. */
  readonly warning?: string;
  /** Is it an error to leave it out? */
  readonly required?: boolean;
  /**
   * @param statement the keyword with its arguments
   * @param before what an earlier statement of the same keyword gave
   * @returns the value, or undefined after a report
   */
  readonly read: (statement: Statement, report: Report, before: T | undefined) => T | undefined;
}

/** The keywords that a block knows, by name. A keyword's own type is known only to whoever reads its value. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Keyword<T> is invariant in T, and a table mixes them
export type Keywords = Readonly<Record<string, Keyword<any>>>;

/** What was read from a block: the value and the place of each keyword that was there. */
export interface Values<K extends Keywords> {
  readonly value: { readonly [N in keyof K]?: K[N] extends Keyword<infer T> ? T : never };
  readonly at: { readonly [N in keyof K]?: Place };
}

/**
 * Reads a block by its table. Reports unknown words, and required ones that are missing; goes on after each.
 * @param name the block, for the messages
 * @param at where the block begins
 */
export function readBlock<K extends Keywords>(
  keywords: K,
  statements: readonly Statement[],
  name: string,
  at: Place,
  report: Report,
): Values<K> {
  const value: Record<string, unknown> = {};
  const places: Record<string, Place> = {};
  for (const statement of statements) {
    const { text, at: here } = statement.keyword;
    const keyword = Object.hasOwn(keywords, text) ? keywords[text] : undefined;
    if (keyword === undefined) {
      reportUnknown(text, here, name, Object.keys(keywords), report);
      continue;
    }
    if (keyword.warning !== undefined) {
      report.warn(here, keyword.warning);
    }
    places[text] = here;
    const read: unknown = keyword.read(statement, report, value[text]);
    if (read !== undefined) {
      value[text] = read;
    }
  }
  for (const [required, keyword] of Object.entries(keywords)) {
    if (keyword.required === true && places[required] === undefined) {
      report.error(at, `${required} is missing in ${name}`, `write ${required} with ${keyword.takes}`);
    }
  }
  return { value, at: places } as unknown as Values<K>;
}

function reportUnknown(
  text: string,
  at: Place,
  block: string,
  known: readonly string[],
  report: Report,
): void {
  const likely = nearest(text, known);
  report.warn(
    at,
    `${text} is not a keyword of ${block}; it is ignored, with its block if it has one`,
    likely === undefined ? undefined : `did you mean ${likely}?`,
  );
}

/** What `means`, `effect` and the rest of a keyword's row say, beside how it is read. */
export interface Row {
  readonly means: string;
  readonly effect?: Effect;
  readonly warning?: string;
  readonly required?: boolean;
}

/** A keyword with exactly one argument, read by `parse`, which answers with what it takes when it refuses. */
export function one<T>(takes: string, parse: (text: string) => T | undefined, row: Row): Keyword<T> {
  return {
    effect: 'acted on',
    ...row,
    takes,
    read: (statement, report) => {
      const [word, extra] = statement.args;
      const name = statement.keyword.text;
      if (word === undefined) {
        report.error(statement.keyword.at, `${name} takes ${takes}`);
        return undefined;
      }
      if (extra !== undefined) {
        report.warn(extra.at, `${name} takes one argument; "${extra.text}" is ignored`);
      }
      const value = parse(word.text);
      if (value === undefined) {
        report.error(word.at, `${name} takes ${takes}, not "${word.text}"`);
      }
      return value;
    },
  };
}

/** A keyword that takes a whole number from `least` to `most`. */
export const integer = (least: number, most: number, row: Row): Keyword<number> =>
  one(`a whole number from ${least} to ${most}`, text => inRange(text, /^\d+$/, least, most), row);

/** A keyword that takes seconds with up to six decimals; the value is in milliseconds, whole microseconds. */
export const secondsFrom = (least: number, most: number, row: Row): Keyword<number> =>
  one(
    `seconds from ${least} to ${most}`,
    text => {
      const value = inRange(text, /^(\d+(\.\d*)?|\.\d+)$/, least, most);
      return value === undefined ? undefined : Math.round(value * 1e6) / 1e3;
    },
    row,
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
        report.error(
          word.at,
          `${name} takes ${takes}, not "${word.text}"`,
          likely === undefined ? undefined : `did you mean ${likely}?`,
        );
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
  read: (statement, report) => {
    const [word] = statement.args;
    if (word === undefined || ['on', 'true', 'yes'].includes(word.text)) return true;
    if (['off', 'false', 'no'].includes(word.text)) return false;
    report.error(word.at, `${statement.keyword.text} takes on or off, not "${word.text}"`);
    return undefined;
  },
});

/** A keyword that takes any one word. */
export const word = (what: string, row: Row): Keyword<string> => one(what, text => text, row);

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

/** A keyword, with whatever follows it, that is known and changes nothing here. */
export const ignored = (
  takes: string,
  effect: 'harmless' | 'not supported',
  means: string,
  warning?: string,
): Keyword<true> => ({
  takes,
  means,
  effect,
  ...(warning === undefined ? {} : { warning }),
  read: () => true,
});

/** @returns the argument at `index`, or a report that it is missing. */
export function arg(statement: Statement, index: number, what: string, report: Report): Result<Word, void> {
  const found = statement.args[index];
  if (found !== undefined) return ok(found);
  report.error(statement.keyword.at, `${statement.keyword.text} takes ${what}`);
  return err(undefined);
}

/** A keyword that holdfast knows and cannot do yet, and without which other traffic would flow: an error. */
export const refused = (takes: string, means: string): Keyword<true> => ({
  takes,
  means,
  effect: 'not supported',
  read: (statement, report) => {
    report.error(
      statement.keyword.at,
      `${statement.keyword.text} is not supported yet`,
      `it ${means}: keep keepalived on this router until it is, or take it out if you can do without`,
    );
    return undefined;
  },
});
