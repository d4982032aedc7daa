import { countProblems, problemForPrograms, showProblem, withoutNotes } from '../config/show.js';
import { EXIT } from './exit.js';
import { defaultFile, readSource, type Source } from './source.js';

export interface CheckFlags {
  readonly json?: boolean;
  /** Shows notes, too: what is accepted and changes nothing. */
  readonly verbose?: boolean;
  readonly configId?: string;
}

/**
 * `holdfast check`: every problem of every file.
 * @returns the exit status: 0 when all files can be used, 1 when one cannot
 */
export function check(files: readonly string[], flags: CheckFlags): number {
  const sources = (files.length === 0 ? [defaultFile()] : files)
    .map(file => readSource(file, flags.configId))
    .map(source =>
      flags.verbose === true ? source : { ...source, problems: withoutNotes(source.problems) },
    );
  process.stdout.write(flags.json === true ? asJson(sources) : sources.map(asText).join('\n'));
  return sources.every(s => s.model !== undefined) ? EXIT.ok : EXIT.no;
}

function asText({ file, texts, model, problems }: Source): string {
  const verdict = model === undefined ? 'it cannot be used' : 'it can be used';
  return [
    ...problems.map(p => `${showProblem(p, texts.get(p.at.file) ?? '')}\n`),
    `${file}: ${countProblems(problems)}; ${verdict}`,
    '',
  ].join('\n');
}

function asJson(sources: readonly Source[]): string {
  const files = sources.map(({ file, texts, model, problems }) => ({
    file,
    usable: model !== undefined,
    problems: problems.map(problem => problemForPrograms(problem, texts)),
  }));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}
