import { withDefaults } from '../config/defaults.js';
import { print } from '../config/print.js';
import { readConfig } from '../config/read.js';
import { countProblems, showProblem, withoutNotes } from '../config/show.js';
import { bytesOf } from '../io/text-file.js';
import { isDeepEqual } from '../lib/equal.js';
import { EXIT } from './exit.js';
import { defaultFile, readSource } from './source.js';

export interface ConvertFlags {
  readonly configId?: string;
  /** Writes down what counts where a keyword is left out. */
  readonly defaults?: boolean;
}

/**
 * `holdfast convert`: the file in canonical form on stdout, secrets and all, its problems on stderr.
 * @returns the exit status: 0, or 1 when the file cannot be used, and nothing was printed
 * @throws when the text that it would print does not mean the same, which would be a mistake of ours
 */
export function convert(named: string | undefined, flags: ConvertFlags): number {
  const source = readSource(named ?? defaultFile(), flags.configId);
  const { file, texts, model } = source;
  const problems = withoutNotes(source.problems);
  for (const problem of problems) {
    process.stderr.write(`${showProblem(problem, texts.get(problem.at.file) ?? '')}\n\n`);
  }
  if (model === undefined) {
    process.stderr.write(`${file}: ${countProblems(problems)}; nothing was converted\n`);
    return EXIT.no;
  }
  const text = print(flags.defaults === true ? withDefaults(source) : source);
  if (!isDeepEqual(readConfig(file, text).model, model)) {
    throw new Error(`the canonical form of ${file} does not mean what the file means`);
  }
  process.stdout.write(bytesOf(text, source.hasLatin1));
  return EXIT.ok;
}
