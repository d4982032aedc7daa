import type { Report } from '../lib/problem.js';
import type { LocalInterface } from '../vrrp/config/machine.js';
import { isInclude, readInclude } from './include-line.js';
import { areFew, joined, warnOfJoining } from './joining.js';
import { commented, lineOf, placeIn, replace, slice, textOf, type CommentedLine, type Line } from './line.js';
import { DEFINITION, NO_DEFINITION, Parameters, type Machine, type Value } from './parameters.js';
import { isComment, joinComments, linesOf, physicalLine, warnOfLength } from './physical.js';
import { valuesOf } from './repeat.js';
import { holdsSecret } from './secret.js';

/** What a configuration can ask of the machine that it is read on. */
export interface Surroundings extends Machine {
  /** The interfaces of the machine that the configuration is for; undefined where they are not to be asked for. */
  readonly interfaces?: readonly LocalInterface[];
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

/** A line with those that a backslash has joined to it. */
interface JoinedLine extends CommentedLine {
  readonly more: readonly CommentedLine[];
}

/** A chain of files, or of parameters that name each other, longer than this has no end. */
const DEEPEST = 50;
const MOST_LINES = 500_000;
/** Files that include others twice each would be read for ever. */
const MOST_FILES = 10_000;
/** A line needs a turn for each parameter in it. */
const MOST_TURNS = 1000;
/**
 * Everything that keepalived does before it looks at keywords (keepalived.conf(5); lib/parser.c, read_line): comments
 * are set aside, files are included, lines ending in a backslash are joined, `@id` lines are kept or left out,
 * parameters are put in, and lines with ~SEQ and ~LST are repeated.
 * @param take given each line that remains, one at a time, since a large file is many lines; a comment whose line is
 *   none, such as a definition, stands alone
 */
export function expand(
  file: string,
  text: string,
  surroundings: Surroundings,
  report: Report,
  take: (line: CommentedLine) => void,
): void {
  new Expansion(surroundings, report, take).file(file, text, 0);
}

/** Most lines have nothing in them that has to be looked at before their keyword. */
const ORDINARY = /^(?!\s*include)[^$~@\\#!]*$/;
const NOT_BLANK = /\S/;

class Expansion {
  readonly #take: (line: CommentedLine) => void;
  readonly #around: Surroundings;
  readonly #report: Report;
  readonly #parameters: Parameters;
  #file = '';
  #looked = 0;
  #files = 0;
  #overfull = false;

  constructor(around: Surroundings, report: Report, take: (line: CommentedLine) => void) {
    this.#take = take;
    this.#around = around;
    this.#report = report;
    this.#parameters = new Parameters(around);
  }

  file(file: string, text: string, depth: number): void {
    const outer = this.#file;
    this.#file = file;
    const physical = linesOf(file, text, this.#report);
    for (let i = 0; i < physical.length; i++) {
      const raw = physical[i] ?? '';
      if (ORDINARY.test(raw)) {
        const line = lineOf(file, i + 1, raw.endsWith('\r') ? raw.slice(0, -1) : raw);
        // The lines of the file itself are as many as they are.
        if ((depth === 0 || !this.#isTooMuch(line)) && NOT_BLANK.test(raw)) this.#take({ line });
        continue;
      }
      let last = physicalLine(raw);
      if (isComment(last)) {
        // By itself it does not go on: a backslash at its end is a part of it.
        this.#push([], raw.trim());
        continue;
      }
      const line = commented(lineOf(file, i + 1, last.text), last.comment);
      const more: CommentedLine[] = [];
      while (last.goesOn && i + 1 < physical.length) {
        last = physicalLine(physical[++i] ?? '');
        more.push(commented(lineOf(file, i + 1, last.text), last.comment));
      }
      if (isInclude(line.line)) this.#include(line, depth);
      else this.#line({ ...line, more }, depth);
    }
    this.#file = outer;
  }

  /** A line that is done, or, where there is none, a comment alone. */
  #push(line: Line, comment: string | undefined): void {
    if (line.length > 0 || comment !== undefined) this.#take(commented(line, comment));
  }

  #include({ line, comment }: CommentedLine, depth: number): void {
    this.#push([], comment);
    const include = readInclude(line, this.#report);
    if (include === undefined) return;
    const { pattern, strict, at } = include;
    if (depth >= DEEPEST) {
      this.#report.error(at, 'files include each other without end');
      return;
    }
    const { files, unreadable } = this.#around.include(pattern, this.#file);
    const say = strict ? 'error' : 'warn';
    for (const why of unreadable) this.#report[say](at, why);
    if (files.length === 0 && unreadable.length === 0) this.#report[say](at, `no file is called ${pattern}`);
    for (const included of files) {
      if (++this.#files > MOST_FILES) break;
      this.file(included.file, included.text, depth + 1);
    }
    if (this.#files > MOST_FILES && this.#files < Infinity) {
      this.#files = Infinity;
      this.#report.error(at, `this becomes more than ${MOST_FILES} files`);
    }
  }

  /** One line: decides on it, repeats it, puts parameters in, until nothing is left to do. */
  #line(given: JoinedLine, depth: number): void {
    let { line, comment, more } = given;
    if (this.#isTooMuch(line)) return;
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const text = textOf(line);
      const start = text.length - text.trimStart().length;
      const here = text.slice(start);
      if (here === '' && more.length === 0) {
        this.#push([], comment);
        return;
      }
      const condition = /^@(\^?)(\S+)\s*/.exec(here);
      if (condition !== null) {
        if ((condition[2] === this.#around.configId) === (condition[1] === '^')) return;
        line = slice(line, start + condition[0].length);
        continue;
      }
      if (here.startsWith('$') && this.#define(line, start, more)) {
        this.#push([], comment);
        return;
      }
      if (here.startsWith('~')) {
        if (this.#repeat({ ...commented(line, comment), more }, start, depth)) return;
        break;
      }
      if (more.length > 0) warnOfJoining(given.line, more, this.#report);
      if (here.trimEnd().endsWith('{') && more.length > 0) {
        // A block without a name of its own: its lines stay lines, and what stood before it was for all of them.
        for (const one of [commented(line, comment), ...more]) this.#line({ ...one, more: [] }, depth);
        return;
      }
      if (!areFew(more, this.#report)) return;
      if (more.length > 0) {
        ({ line, comment } = joined(commented(line, comment), more));
        more = [];
      }
      const next = this.#substitute(line, comment, depth);
      if (next === 'done') return;
      if (next === undefined) {
        this.#finish(line, comment);
        return;
      }
      line = next;
    }
    if (textOf(line).trimStart().startsWith('~')) this.#finish(line, comment);
    else {
      this.#report.error(
        placeIn(given.line, 0, 1),
        'the parameters of this line contain each other without end',
      );
    }
  }

  /** Takes the definition of a parameter. @returns false when it is none */
  #define(line: Line, start: number, more: readonly CommentedLine[]): boolean {
    const here = textOf(line).slice(start);
    const [, name, first = ''] = DEFINITION.exec(here) ?? [];
    if (name !== undefined) {
      const value = first.trim();
      const lines = more.map((one): Value[number] => ({ text: textOf(one.line), comment: one.comment }));
      this.#parameters.define(name, value === '' && lines.length > 0 ? lines : [{ text: value }, ...lines]);
      return true;
    }
    const [, meant] = NO_DEFINITION.exec(here) ?? [];
    if (meant === undefined) return false;
    const at = placeIn(line, start, start + meant.length + 1);
    this.#report.warn(at, 'with a blank before its = this is no definition', `write $${meant}=…`);
    return true;
  }

  /** A line with nothing left to put in. */
  #finish(line: Line, comment: string | undefined): void {
    const text = textOf(line);
    if (line.length > 1) warnOfLength(text, placeIn(line, 0, text.length), this.#report);
    for (const { from, to, braces, likely } of this.#parameters.unknown(text)) {
      const at = placeIn(line, from, to);
      if (braces) {
        const message = 'this stands for nothing here, and keepalived takes the braces for those of a block';
        const hint = 'define it above, as in $NAME=VALUE, or put it between quotes';
        this.#report.error(at, message, likely === undefined ? hint : `did you mean \${${likely}}?`);
      } else if (!holdsSecret(text)) {
        const message = 'this stands for nothing here, and is taken as it is written';
        const hint = 'define it above, as in $NAME=VALUE';
        this.#report.warn(at, message, likely === undefined ? hint : `did you mean $${likely}?`);
      }
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
  #repeat({ line, comment, more }: JoinedLine, start: number, depth: number): boolean {
    const text = textOf(line);
    const repetition = valuesOf(text.slice(start));
    if (repetition === undefined) return false;
    if (typeof repetition === 'string') {
      this.#report.error(placeIn(line, start, text.length), repetition);
      return true;
    }
    if (depth >= DEEPEST) {
      this.#report.error(placeIn(line, start, text.length), 'repetitions contain each other without end');
      return true;
    }
    const rest = slice(line, start + repetition.length);
    const again: JoinedLine = { line: rest, more: more.map(one => ({ line: one.line })) };
    // It is one comment, and is not repeated.
    let once: JoinedLine = { ...commented(rest, comment), more };
    for (const values of repetition.values) {
      if (this.#overfull) return true;
      for (const [name, value] of values) this.#parameters.define(name, [{ text: value }]);
      this.#line(once, depth + 1);
      once = again;
    }
    return true;
  }

  /** Puts in the value of the first parameter that has one. */
  #substitute(line: Line, comment: string | undefined, depth: number): Line | 'done' | undefined {
    const use = this.#parameters.firstUse(textOf(line), this.#file);
    if (use === undefined) return undefined;
    const { from, to, value } = use;
    if (value.length === 1) return replace(line, from, to, value[0]?.text ?? '');
    return this.#severalLines(line, from, to, value, comment, depth);
  }

  /** A value of several lines: what stands before it goes with its first, what stands behind it with its last. */
  #severalLines(
    line: Line,
    from: number,
    to: number,
    value: Value,
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
      this.#line({ ...commented([...before, { text, at }, ...behind], comments), more: [] }, depth + 1);
    }
    return 'done';
  }
}
