import { comparePair, type Pair } from '../config/pair.js';
import { countProblems, problemForPrograms, showProblem, withoutNotes } from '../config/show.js';
import { EXIT } from './exit.js';
import { showPair } from './pair.js';
import { defaultFile, hostName, readSource, type Source } from './source.js';

export interface CheckFlags {
  readonly json?: boolean;
  /** Shows notes, too: what is accepted and changes nothing. */
  readonly verbose?: boolean;
  readonly configId?: string;
}

/**
 * `holdfast check`: every problem of every file, and, of two or more, what keeps them from being routers of one pair.
 * @returns the exit status: 0 when all files can be used, and together, where there are several; else 1
 */
export function check(files: readonly string[], flags: CheckFlags): number {
  // Of a pair, one file at least is for another machine, and so is one that is read with another's name.
  const isForHere = files.length < 2 && ['', hostName()].includes(flags.configId ?? '');
  const sources = (files.length === 0 ? [defaultFile()] : files)
    .map(file => readSource(file, flags.configId, isForHere))
    .map(source =>
      flags.verbose === true ? source : { ...source, problems: withoutNotes(source.problems) },
    );
  const pair = sources.length < 2 ? undefined : pairOf(sources);
  process.stdout.write(flags.json === true ? asJson(sources, pair) : asText(sources, pair));
  const isUsable = sources.every(source => source.model !== undefined);
  const fits = pair?.differences.every(difference => difference.severity !== 'error') ?? true;
  return isUsable && fits ? EXIT.ok : EXIT.no;
}

/** @returns undefined when one of the files cannot be used: what it would say is not known */
function pairOf(sources: readonly Source[]): Pair | undefined {
  const routers = sources.flatMap(({ file, model }) => (model === undefined ? [] : [{ file, model }]));
  return routers.length < sources.length ? undefined : comparePair(routers);
}

function asText(sources: readonly Source[], pair: Pair | undefined): string {
  const files = sources.map(fileAsText);
  if (sources.length < 2) return files.join('\n');
  const together =
    pair === undefined ? 'they are not compared as a pair, since not all can be used\n' : showPair(pair);
  return [...files, together].join('\n');
}

function fileAsText({ file, texts, model, problems }: Source): string {
  const verdict = model === undefined ? 'it cannot be used' : 'it can be used';
  return [
    ...problems.map(p => `${showProblem(p, texts.get(p.at.file) ?? '')}\n`),
    `${file}: ${countProblems(problems)}; ${verdict}`,
    '',
  ].join('\n');
}

function asJson(sources: readonly Source[], pair: Pair | undefined): string {
  const files = sources.map(({ file, texts, model, problems }) => ({
    file,
    usable: model !== undefined,
    problems: problems.map(problem => problemForPrograms(problem, texts)),
  }));
  return `${JSON.stringify({ files, pair: pair ?? null }, null, 2)}\n`;
}
