import type { Place, Problem } from '../lib/problem.js';
import { shownLine } from './secret.js';

/**
 * A problem as an operator reads it: place, sentence, the line with a caret under the word, and the likely fix.
 * @param source the text of the file that the problem is in
 */
export function showProblem(problem: Problem, source: string): string {
  const { file, line, column, length } = problem.at;
  const text = shownLine(linesOf(source), line - 1);
  const gutter = String(line).length;
  // A tab in the margin of the caret line keeps the caret under its word whatever a tab is worth.
  const margin = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [
    `${file}:${line}:${column}: ${problem.severity}: ${problem.message}`,
    ` ${line} | ${text}`,
    ` ${' '.repeat(gutter)} | ${margin}${'^'.repeat(length)}`,
    ...(problem.hint === undefined ? [] : [` ${' '.repeat(gutter)} = ${problem.hint}`]),
  ].join('\n');
}

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
