// What holdfast makes of configurations: reads a list of them on stdin, as JSON, and writes one verdict for each.
import { readFileSync } from 'node:fs';
import { readSource } from '../../src/cli/source.js';
import { showProblem } from '../../src/config/show.js';
import type { Asked, OurVerdict } from './verdict.js';

const asked = JSON.parse(readFileSync(0, 'utf8')) as readonly Asked[];
const verdicts = asked.map(({ file, configId }): OurVerdict => {
  const { model, problems, texts } = readSource(file, configId, true);
  const of = (severity: string): string[] =>
    problems.filter(p => p.severity === severity).map(p => showProblem(p, texts.get(p.at.file) ?? ''));
  return { usable: model !== undefined, errors: of('error'), warnings: of('warning') };
});
process.stdout.write(JSON.stringify(verdicts));
