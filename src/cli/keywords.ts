import { describeKeywords, keywordHelp, keywordPage } from '../config/keyword-page.js';
import { TOP } from '../config/keywords.js';
import { nearest } from '../lib/nearest.js';
import { EXIT } from './exit.js';

/**
 * `holdfast keywords`: the page of all keywords, or what is known of some.
 * @returns the exit status: 1 when one of them is unknown
 */
export function keywords(names: readonly string[], flags: { readonly json?: boolean }): number {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ blocks: describeKeywords(TOP) }, null, 2)}\n`);
    return EXIT.ok;
  }
  if (names.length === 0) {
    process.stdout.write(keywordPage(TOP));
    return EXIT.ok;
  }
  const known = describeKeywords(TOP).flatMap(block => block.keywords.map(keyword => keyword.name));
  const said = names.map(name => {
    const help = keywordHelp(TOP, name);
    if (help !== undefined) return help;
    const likely = nearest(name, known);
    return `${name} is no keyword${likely === undefined ? '' : `; did you mean ${likely}?`}\n`;
  });
  process.stdout.write(said.join('\n'));
  return names.every(name => known.includes(name)) ? EXIT.ok : EXIT.no;
}
