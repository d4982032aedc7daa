import type { Report } from '../lib/problem.js';
import { lineOf, placeIn, replace, slice, textOf, type CommentedLine, type Line } from './line.js';
import { isComment, joinComments, physicalLine, type Physical } from './physical.js';
import { valuesOf } from './repeat.js';

/** What a configuration can ask of the machine that it is read on. */
export interface Surroundings {
  /** Compared with the words of `@id` lines: the short host name, unless the operator chose another. */
  readonly configId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** At least 0 and below 1. */
  readonly random: () => number;
  /** The files that an `include` names, in order. @param from the file that it stands in */
  readonly include: (pattern: string, from: string) => Inclusion;
}

export interface Inclusion {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** Files that match and cannot be read, each with a sentence why. */
  readonly unreadable: readonly string[];
}

/** For texts that stand alone. */
export const ALONE: Surroundings = {
  configId: '',
  environment: {},
  random: () => 0,
  include: () => ({ files: [], unreadable: [] }),
};

/** A line of what a parameter stands for. */
type Value = Pick<Physical, 'text'> & Partial<Pick<Physical, 'comment'>>;

/** A chain of files, or of parameters that name each other, longer than this has no end. */
const DEEPEST = 50;
const MOST_LINES = 2_000_000;
/** A line needs a turn for each parameter in it. */
const MOST_TURNS = 1000;

/**
 * Everything that keepalived does before it looks at keywords (keepalived.conf(5); lib/parser.c, read_line): comments
 * are set aside, files are included, lines ending in a backslash are joined, `@id` lines are kept or left out,
 * parameters are put in, and lines with ~SEQ and ~LST are repeated.
 * @returns the lines that remain; a comment whose line is none, such as a definition, stands alone
 */
export function expand(
  file: string,
  text: string,
  surroundings: Surroundings,
  report: Report,
): readonly CommentedLine[] {
  const expansion = new Expansion(surroundings, report);
  expansion.file(file, text, 0);
  return expansion.lines;
}

class Expansion {
  readonly lines: CommentedLine[] = [];
  readonly #around: Surroundings;
  readonly #report: Report;
  /** A value is a list of lines; most have one. */
  readonly #parameters = new Map<string, readonly Value[]>();
  #file = '';
  #looked = 0;
  #overfull = false;

  constructor(around: Surroundings, report: Report) {
    this.#around = around;
    this.#report = report;
  }

  file(file: string, text: string, depth: number): void {
    const outer = this.#file;
    this.#file = file;
    const physical = text.replace(/^\ufeff/, '').split('\n');
    for (let i = 0; i < physical.length; i++) {
      const first = physicalLine(physical[i] ?? '');
      const line = lineOf(file, i + 1, first.text);
      if (isComment(first)) {
        // By itself it does not go on: a backslash at its end is a part of it.
        this.#push([], physical[i]?.trim());
        continue;
      }
      const body: Physical[] = [];
      while (i + 1 < physical.length && (body.at(-1) ?? first).goesOn) {
        body.push(physicalLine(physical[++i] ?? ''));
      }
      this.#read(line, first.comment, body, depth);
    }
    this.#file = outer;
  }

  /** @param body the lines that a backslash has joined to it */
  #read(line: Line, comment: string | undefined, body: readonly Physical[], depth: number): void {
    const text = textOf(line);
    if (/^\s*include[rmwba]?(\s|$)/.test(text)) {
      this.#push([], comment);
      this.#include(line, depth);
      return;
    }
    if (body.length === 0) {
      this.#line(line, comment, depth);
      return;
    }
    const definition = DEFINITION.exec(text.trim());
    if (definition?.[1] !== undefined) {
      const value = (definition[2] ?? '').trim();
      this.#push([], comment);
      this.#parameters.set(definition[1], value === '' ? body : [{ text: value }, ...body]);
      return;
    }
    const joined = body.map(more => ` ${more.text.trim()}`).join('');
    const comments = joinComments(comment, ...body.map(more => more.comment));
    this.#line([...line, { text: joined, at: placeIn(line, 0, text.length) }], comments, depth);
  }

  /** A line that is done, or, where there is none, a comment alone. */
  #push(line: Line, comment: string | undefined): void {
    if (line.length > 0 || comment !== undefined) {
      this.lines.push(comment === undefined ? { line } : { line, comment });
    }
  }

  #include(line: Line, depth: number): void {
    const text = textOf(line);
    const [, kind = '', pattern = ''] = /^\s*(include[rmwba]?)\s*("[^"]*"|[^\s#!]*)/.exec(text) ?? [];
    const name = pattern.replace(/^"|"$/g, '');
    const at = placeIn(line, text.indexOf(kind), text.length);
    if (name === '') {
      this.#report.error(at, `${kind} takes the name of a file`);
      return;
    }
    if (depth >= DEEPEST) {
      this.#report.error(at, 'files include each other without end');
      return;
    }
    const { files, unreadable } = this.#around.include(name, this.#file);
    const say = kind === 'include' ? 'warn' : 'error';
    for (const why of unreadable) this.#report[say](at, why);
    if (files.length === 0 && unreadable.length === 0) this.#report[say](at, `no file is called ${name}`);
    for (const included of files) this.file(included.file, included.text, depth + 1);
  }

  /** One line: decides on it, repeats it, puts parameters in, until nothing is left to do. */
  #line(given: Line, comment: string | undefined, depth: number): void {
    let line = given;
    if (this.#isTooMuch(line)) return;
    for (let turn = 0; ; turn++) {
      if (turn === MOST_TURNS) {
        this.#report.error(
          placeIn(given, 0, 1),
          'the parameters of this line contain each other without end',
        );
        return;
      }
      const text = textOf(line);
      const start = text.length - text.trimStart().length;
      const here = text.slice(start);
      if (here === '') {
        this.#push([], comment);
        return;
      }
      const condition = /^@(\^?)(\S+)\s*/.exec(here);
      if (condition !== null) {
        if ((condition[2] === this.#around.configId) === (condition[1] === '^')) return;
        line = slice(line, start + condition[0].length);
        continue;
      }
      const definition = DEFINITION.exec(here);
      if (definition?.[1] !== undefined) {
        this.#parameters.set(definition[1], [{ text: (definition[2] ?? '').trim() }]);
        this.#push([], comment);
        return;
      }
      if (here.startsWith('~')) {
        if (this.#repeat(line, start, comment, depth)) return;
        break;
      }
      const next = this.#substitute(line, comment, depth);
      if (next === 'done') return;
      if (next === undefined) break;
      line = next;
    }
    this.#push(line, comment);
  }

  /** Parameters and repetitions can make a few lines into more than a machine can hold. */
  #isTooMuch(line: Line): boolean {
    if (++this.#looked <= MOST_LINES || line.length === 0) return this.#overfull;
    if (!this.#overfull) {
      this.#report.error(placeIn(line, 0, 1), `this becomes more than ${MOST_LINES} lines`);
    }
    return (this.#overfull = true);
  }

  /** @returns false when it is no ~SEQ or ~LST after all */
  #repeat(line: Line, start: number, comment: string | undefined, depth: number): boolean {
    const text = textOf(line);
    const repetition = valuesOf(text.slice(start));
    if (repetition === undefined) return false;
    if (typeof repetition === 'string') {
      this.#report.error(placeIn(line, start, text.length), repetition);
      return true;
    }
    const rest = slice(line, start + repetition.length);
    // It is one comment, and is not repeated.
    let once = comment;
    for (const values of repetition.values) {
      if (this.#overfull) return true;
      for (const [name, text] of values) this.#parameters.set(name, [{ text }]);
      this.#line(rest, once, depth);
      once = undefined;
    }
    return true;
  }

  /** Puts in the value of the first parameter that has one. */
  #substitute(line: Line, comment: string | undefined, depth: number): Line | 'done' | undefined {
    const text = textOf(line);
    for (const use of text.matchAll(USE)) {
      const value = this.#valueOf(use[1] ?? use[2] ?? '', insideQuotes(text, use.index));
      if (value === undefined) continue;
      const end = use.index + use[0].length;
      if (value.length === 1) return replace(line, use.index, end, value[0]?.text ?? '');
      return this.#severalLines(line, use.index, end, value, comment, depth);
    }
    return undefined;
  }

  /** A value of several lines: what stands before it goes with its first, what stands behind it with its last. */
  #severalLines(
    line: Line,
    from: number,
    to: number,
    value: readonly Value[],
    comment: string | undefined,
    depth: number,
  ): Line | 'done' {
    const at = placeIn(line, from, to);
    if (depth >= DEEPEST) {
      this.#report.error(at, 'parameters contain each other without end');
      return 'done';
    }
    for (const [i, { text, comment: own }] of value.entries()) {
      if (this.#overfull) break;
      const before = i === 0 ? slice(line, 0, from) : [];
      const behind = i === value.length - 1 ? slice(line, to) : [];
      const comments = i === value.length - 1 ? joinComments(own, comment) : own;
      this.#line([...before, { text, at }, ...behind], comments, depth + 1);
    }
    return 'done';
  }

  #valueOf(words: string, quoted: boolean): readonly Value[] | undefined {
    const [name = '', ...args] = words.trim().split(/\s+/);
    const own = this.#parameters.get(name);
    if (own !== undefined && args.length === 0) return own;
    switch (name) {
      case '_PWD':
        return just(this.#file.includes('/') ? this.#file.replace(/\/[^/]*$/, '') : '.');
      case '_INSTANCE':
        return just(this.#around.configId);
      case '_HASH':
        return just(quoted ? '#' : '\\#');
      case '_BANG':
        return just(quoted ? '!' : '\\!');
      case '_RANDOM':
        return just(randomBetween(args, this.#around.random()));
      case '_ENV': {
        const value = this.#around.environment[args[0] ?? ''];
        return value === undefined ? undefined : just(value);
      }
    }
    return undefined;
  }
}

/** `$NAME=VALUE`, with nothing before it and no space before the `=`. */
const DEFINITION = /^\$([A-Za-z_]\w*)=(.*)$/;
/** `${NAME}`, `${_NAME ARGUMENTS}`, or `$NAME` with white space or the end behind it. */
const USE = /\$\{([A-Za-z_]\w*(?:\s+[^{}]*)?)\}|\$([A-Za-z_]\w*)(?=\s|$)/g;

const just = (text: string): readonly Value[] => [{ text }];

const insideQuotes = (text: string, at: number): boolean =>
  (text.slice(0, at).match(/"/g)?.length ?? 0) % 2 === 1;

function randomBetween(args: readonly string[], random: number): string {
  const [least = 0, most = 32767] = args.map(Number);
  return String(least + Math.floor(random * (most - least + 1)));
}
