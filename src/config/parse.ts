import type { Statement, Word } from '../lib/keyword.js';
import type { Place, Report } from '../lib/problem.js';
import type { Token } from './lex.js';

/** A statement that is still being read, with the place of the `{` that opened its block. */
interface Open {
  readonly keyword: Word;
  readonly args: readonly Word[];
  readonly brace: Place;
  readonly body: Statement[];
}

/**
 * Puts tokens together into nested statements: the first word of a line is the keyword, the rest are its
 * arguments, and `{`, on the same line or a later one, opens its block.
 * @param report told of each brace that has no partner
 * @returns the statements of the file's top level
 */
export function parse(tokens: readonly Token[], report: Report): readonly Statement[] {
  const top: Statement[] = [];
  const open: Open[] = [];
  let words: Word[] = [];
  const body = (): Statement[] => open.at(-1)?.body ?? top;
  const finish = (): void => {
    const [keyword, ...args] = words;
    if (keyword !== undefined) {
      body().push({ keyword, args });
    }
    words = [];
  };
  for (const [index, token] of tokens.entries()) {
    switch (token.type) {
      case 'word':
        words.push(token);
        break;
      case 'newline':
        if (tokens[index + 1]?.type !== 'open') finish();
        break;
      case 'open': {
        const [keyword, ...args] = words;
        words = [];
        if (keyword === undefined) {
          report.error(token.at, 'this { has no keyword before it');
        }
        open.push({ keyword: keyword ?? { text: '{', at: token.at }, args, brace: token.at, body: [] });
        break;
      }
      case 'close': {
        finish();
        const block = open.pop();
        if (block === undefined) {
          report.error(token.at, 'this } closes nothing', 'take it away, or look for a missing { above it');
          break;
        }
        body().push({ keyword: block.keyword, args: block.args, block: block.body });
        break;
      }
    }
  }
  finish();
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    const { line } = block.brace;
    report.error(
      block.keyword.at,
      `the block of ${block.keyword.text}, opened in line ${line}, is never closed`,
      'add a }',
    );
    body().push({ keyword: block.keyword, args: block.args, block: block.body });
  }
  return top;
}
