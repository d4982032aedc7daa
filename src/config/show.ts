import type { Place, Problem } from '../lib/problem.js';
import { shownLine } from './secret.js';

/** More of a line than this is not shown. */
const WIDEST = 160;
/** Characters that would do something to a terminal, and not be seen. */
// eslint-disable-next-line no-control-regex -- these are meant
const UNSEEN = /[\0-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]/g;
/** Characters that take the room of two. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g;

/**
 * A problem as an operator reads it: place, sentence, the line with a caret under the word, and the likely fix.
 * @param source the text of the file that the problem is in
 */
export function showProblem(problem: Problem, source: string): string {
  const { file, line, column, length } = problem.at;
  const whole = shownLine(linesOf(source), line - 1).replace(UNSEEN, '\ufffd');
  const from = whole.length <= WIDEST ? 0 : Math.max(0, column - 1 - WIDEST / 2);
  const text = whole.slice(from, from + WIDEST);
  const start = column - 1 - from;
  const gutter = String(line).length;
  // A tab in the margin of the caret line keeps the caret under its word whatever a tab is worth.
  const margin = widened(text.slice(0, start)).replace(/[^\t]/g, ' ');
  const carets = widened(text.slice(start, start + length)).length || 1;
  const [before, behind] = [from > 0 ? '…' : ' ', from + WIDEST < whole.length ? '…' : ''];
  return [
    `${file}:${line}:${column}: ${problem.severity}: ${problem.message.replace(UNSEEN, '\ufffd')}`,
    ` ${line} |${before}${text}${behind}`,
    ` ${' '.repeat(gutter)} | ${margin}${'^'.repeat(carets)}`,
    ...(problem.hint === undefined
      ? []
      : [` ${' '.repeat(gutter)} = ${problem.hint.replace(UNSEEN, '\ufffd')}`]),
  ].join('\n');
}

const widened = (text: string): string => text.replace(WIDE, '  ');

/** The problems of one file are shown one after another. */
let latest: { readonly source: string; readonly lines: readonly string[] } = { source: '', lines: [''] };

function linesOf(source: string): readonly string[] {
  if (latest.source !== source) latest = { source, lines: source.split('\n') };
  return latest.lines;
}

/** A problem for programs, and as an operator reads it. */
export interface ShownProblem extends Pick<Problem, 'severity' | 'message'>, Place {
  readonly hint: string | null;
  /** With the line and a caret; what is secret is masked. */
  readonly shown: string;
}

/** @param texts the files that were read, by their names */
export const problemForPrograms = (problem: Problem, texts: ReadonlyMap<string, string>): ShownProblem => ({
  severity: problem.severity,
  ...problem.at,
  message: problem.message,
  hint: problem.hint ?? null,
  shown: showProblem(problem, texts.get(problem.at.file) ?? ''),
});

/** @returns `2 errors, 1 warning`, or `no problems` */
export function countProblems(problems: readonly Pick<Problem, 'severity'>[]): string {
  const errors = problems.filter(p => p.severity === 'error').length;
  const warnings = problems.filter(p => p.severity === 'warning').length;
  const some = (count: number, word: string): string[] =>
    count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  return [...some(errors, 'error'), ...some(warnings, 'warning')].join(', ') || 'no problems';
}

/** @returns what everybody should read; notes are for whoever asks */
export const withoutNotes = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(p => p.severity !== 'note');
