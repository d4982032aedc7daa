import { nearest } from './nearest.js';
import type { Place, Report } from './problem.js';

/** A word of a configuration file, without its quotes. */
export interface Word {
  readonly text: string;
  /** Did it stand between quotes? */
  readonly quoted?: true;
  readonly at: Place;
}

/** The comments of a statement, each with its `#` or `!`. They mean nothing, and are kept for people. */
export interface Comments {
  /** The lines above it. */
  readonly before?: readonly string[];
  /** Behind its arguments or its `{`. */
  readonly behind?: string;
  /** The last lines of its block. */
  readonly end?: readonly string[];
  /** Behind its `}`. */
  readonly closing?: string;
}

/** A keyword with its arguments and, where `{` followed, the statements of its block. */
export interface Statement {
  readonly keyword: Word;
  readonly args: readonly Word[];
  readonly block?: readonly Statement[];
  readonly comments?: Comments;
}

/**
 * What holdfast does with a keyword: acts on it, accepts it since it changes nothing here,
 * or knows it and does not support it, which is said whenever it is met.
 */
export type Effect = 'acted on' | 'harmless' | 'not supported';

/** What a keyword's row says, beside how its arguments are read. */
export interface Row {
  /** What it means, as the end of a sentence that its name begins. */
  readonly means: string;
  /** What counts where it is left out, as it would be written. None where nothing does, or what stands around it. */
  readonly default?: string;
  /** Does something else in its block, or behind the block's name, settle what counts where it is left out? */
  readonly unless?: (block: Statement) => boolean;
  /**
   * What counts, as in keepalived, when its value cannot be read: that is a warning then. Where nothing is named it
   * is an error.
   */
  readonly otherwise?: string;
  /** Does keepalived ignore it when nothing stands behind it? Of most others it ends, and there it is an error. */
  readonly mayBeEmpty?: boolean;
  /** Said as a warning whenever the keyword is met. */
  readonly warning?: string;
  /** It is another name of this keyword, under which its value is kept: whichever stands later counts. */
  readonly aliasOf?: string;
  /** Is it an error to leave it out? */
  readonly required?: boolean;
  /** What its block knows. */
  readonly within?: Keywords;
  /** Where the lines of its block, or what follows it, are no keywords: what may stand behind their first words. */
  readonly options?: Keywords;
}

/** One keyword of one block: the reader, the error texts and the documentation all come from it. */
export interface Keyword<T> extends Row {
  /** The arguments and their range in words, fit for "NAME takes …". */
  readonly takes: string;
  /** Has it a block, or may it have one? */
  readonly block?: boolean;
  /** The words that may be written, where there are only so many. */
  readonly words?: readonly string[];
  readonly effect: Effect;
  /**
   * Of a keyword that is not acted on: how things are here, whatever it says. One that is not supported and says
   * nothing of it is part of a block that is not supported, and that is said once, of the block.
   */
  readonly here?: string;
  /** Of one that is not supported: is it an error, since the rest without it would harm clients? */
  readonly stops?: boolean;
  /** Of one that is not acted on: does this value ask for nothing but what is so here anyway? */
  readonly moot?: (value: T) => boolean;
  /**
   * @param statement the keyword with its arguments
   * @param before what an earlier statement of the same keyword gave
   * @returns the value, or undefined after a report
   */
  readonly read: (statement: Statement, report: Report, before: T | undefined) => T | undefined;
}

/** For `unless`: does one of these stand in the block? */
export const beside =
  (...names: readonly string[]) =>
  (block: Statement): boolean =>
    block.block?.some(statement => names.includes(statement.keyword.text)) === true;

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
  /** By which of its names each keyword was written last. */
  const written: Record<string, string> = {};
  for (const statement of statements) {
    const { text, at: here } = statement.keyword;
    const keyword = Object.hasOwn(keywords, text) ? keywords[text] : undefined;
    if (keyword === undefined) {
      reportUnknown(text, here, name, Object.keys(keywords), report);
      continue;
    }
    const key = keyword.aliasOf ?? text;
    const earlier = places[key];
    if (earlier !== undefined && written[key] !== text) {
      const first = `${written[key] ?? key} in line ${earlier.line}`;
      report.warn(here, `${text} and ${first} are two names of the same; the later counts`, 'leave one out');
    }
    places[key] = here;
    written[key] = text;
    if (keyword.warning !== undefined) report.warn(here, keyword.warning);
    if (statement.block !== undefined && keyword.block !== true) {
      report.warn(
        here,
        `${text} has no block; this one is ignored`,
        'keepalived takes its } for the end of the block around it',
      );
    }
    const read: unknown = keyword.read(statement, report, value[key]);
    if (read !== undefined) {
      value[key] = read;
    }
    reportEffect(statement, keyword, read, report);
  }
  for (const [required, keyword] of requiredIn(keywords)) {
    if (places[required] === undefined) {
      report.error(at, `${required} is missing in ${name}`, `write ${required} with ${keyword.takes}`);
    }
  }
  return { value, at: places } as unknown as Values<K>;
}

/** A table is asked this for each of its blocks, and a file may have very many. */
const REQUIRED = new WeakMap<Keywords, readonly (readonly [string, Keyword<unknown>])[]>();

function requiredIn(keywords: Keywords): readonly (readonly [string, Keyword<unknown>])[] {
  const known = REQUIRED.get(keywords);
  if (known !== undefined) return known;
  const found = Object.entries(keywords).filter(([, keyword]) => keyword.required === true);
  REQUIRED.set(keywords, found);
  return found;
}

/** Nothing that stands in a file is passed over in silence; what could not be read is said already. */
function reportEffect(statement: Statement, keyword: Keyword<unknown>, read: unknown, report: Report): void {
  if (keyword.effect === 'not supported' && keyword.here === undefined) return;
  if (read === undefined || keyword.moot?.(read) === true) return;
  const so = keyword.here ?? '';
  const { text, at: here } = statement.keyword;
  // Where only some values matter, it is the value that is to be said.
  const what = keyword.moot === undefined ? text : [text, ...statement.args.map(arg => arg.text)].join(' ');
  switch (keyword.effect) {
    case 'acted on':
      return;
    case 'harmless':
      if (keyword.warning === undefined) report.note(here, `${text} changes nothing: ${so}`);
      return;
    case 'not supported':
      if (keyword.stops !== true) return report.warn(here, `${what} is not supported: ${so}`);
      return reportNotYet(here, what, so, report);
  }
}

/** Says that something is there of which half would be worse than nothing. @param so how things are without it */
export function reportNotYet(at: Place, what: string, so: string, report: Report): void {
  report.error(
    at,
    `${what} is not supported yet: ${so}`,
    'keep keepalived on this router until it is, or take it out if you can do without',
  );
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
