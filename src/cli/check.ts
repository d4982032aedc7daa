import { countProblems, showProblem } from '../config/show.js';
import { EXIT } from './exit.js';
import { defaultFile, readSource, type Source } from './source.js';

/**
 * `holdfast check`: every problem of every file.
 * @returns the exit status: 0 when all files can be used, 1 when one cannot
 */
export function check(files: readonly string[], json: boolean): number {
  const sources = (files.length === 0 ? [defaultFile()] : files).map(readSource);
  process.stdout.write(json ? asJson(sources) : sources.map(asText).join('\n'));
  return sources.every(s => s.model !== undefined) ? EXIT.ok : EXIT.no;
}

function asText({ file, text, model, problems }: Source): string {
  const verdict = model === undefined ? 'it cannot be used' : 'it can be used';
  return [
    ...problems.map(p => `${showProblem(p, text)}\n`),
    `${file}: ${countProblems(problems)}; ${verdict}`,
    '',
  ].join('\n');
}

function asJson(sources: readonly Source[]): string {
  const files = sources.map(({ file, model, problems }) => ({
    file,
    usable: model !== undefined,
    problems: problems.map(({ severity, at, message, hint }) => ({
      severity,
      line: at.line,
      column: at.column,
      length: at.length,
      message,
      hint: hint ?? null,
    })),
  }));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}
