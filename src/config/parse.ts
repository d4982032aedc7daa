import type { Comments, Statement, Word } from '../lib/keyword.js';
import type { Report } from '../lib/problem.js';
import type { Token } from './lex.js';

/** A file with everything that it includes. */
export interface Parsed {
  readonly statements: readonly Statement[];
  /** The comments behind the last statement. */
  readonly end: readonly string[];
}

/** A statement that is still being read. */
interface Open {
  readonly keyword: Word;
  readonly args: readonly Word[];
  readonly body: Statement[];
  readonly before: readonly string[];
  readonly behind: string | undefined;
}

/** Deeper than anything means: nothing that walks over statements has to fear for its stack. */
const DEEPEST = 100;
const NONE: readonly string[] = [];

/**
 * Puts tokens together into nested statements: the first word of a line is the keyword, the rest are its
 * arguments, and `{`, on the same line or a later one, opens its block. Each comment goes with the statement above
 * which or behind which it stands.
 * @param tokens whose braces match: see matchBraces
 * @param report told of each `{` that has no keyword, and of blocks that are nested without sense
 */
export function parse(tokens: readonly Token[], report: Report): Parsed {
  const top: Statement[] = [];
  const open: Open[] = [];
  let words: Word[] = [];
  /** Comments that wait for a statement to stand above. */
  let waiting: string[] = [];
  let before: readonly string[] = NONE;
  let behind: string | undefined;
  const body = (): Statement[] => open.at(-1)?.body ?? top;
  const finish = (): void => {
    const keyword = words[0];
    if (keyword !== undefined) {
      const args = words.slice(1);
      const isPlain = before.length === 0 && behind === undefined;
      body().push(isPlain ? { keyword, args } : { keyword, args, ...commented({ before, behind }) });
    }
    words = [];
    behind = undefined;
  };
  const close = (block: Open, closing?: string): void => {
    const comments = commented({ before: block.before, behind: block.behind, end: waiting, closing });
    body().push({ keyword: block.keyword, args: block.args, block: block.body, ...comments });
    if (waiting.length > 0) waiting = [];
  };
  let index = -1;
  for (const token of tokens) {
    index++;
    switch (token.type) {
      case 'word':
        if (words.length === 0) {
          before = waiting.length === 0 ? NONE : waiting;
          if (waiting.length > 0) waiting = [];
        }
        words.push(token);
        break;
      case 'newline':
        if (words.length > 0 && !opensNext(tokens, index)) finish();
        break;
      case 'comment':
        if (token.alone) waiting.push(token.text);
        else if (words.length > 0) behind = token.text;
        break;
      case 'open': {
        const [keyword, ...args] = words;
        words = [];
        if (keyword === undefined) {
          report.error(token.at, 'this { has no keyword before it');
        }
        if (open.length === DEEPEST) {
          report.error(token.at, `this { is inside ${DEEPEST} others`, 'look for a missing } above it');
        }
        const own = behindBrace(tokens, index);
        if (own !== undefined && behind !== undefined) waiting.push(own);
        open.push({
          keyword: keyword ?? { text: '{', at: token.at },
          args,
          body: [],
          before,
          behind: behind ?? own,
        });
        behind = undefined;
        break;
      }
      case 'close': {
        finish();
        const block = open.pop();
        if (block !== undefined) close(block, behindBrace(tokens, index));
        break;
      }
    }
  }
  finish();
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    close(block);
  }
  return { statements: top, end: waiting };
}

/** Is a `{` the next thing behind the end of a line that is no comment? */
function opensNext(tokens: readonly Token[], index: number): boolean {
  let next = index + 1;
  while (tokens[next]?.type === 'comment') next++;
  return tokens[next]?.type === 'open';
}

/** The comment that ends the line of a brace. */
function behindBrace(tokens: readonly Token[], index: number): string | undefined {
  const next = tokens[index + 1];
  return next?.type === 'comment' && !next.alone ? next.text : undefined;
}

/** Most statements have no comment, and there are many of them. */
function commented(all: {
  readonly before: readonly string[];
  readonly behind: string | undefined;
  readonly end?: readonly string[];
  readonly closing?: string | undefined;
}): { readonly comments?: Comments } {
  const { before, behind, end = NONE, closing } = all;
  if (before.length === 0 && behind === undefined && end.length === 0 && closing === undefined) return {};
  return {
    comments: {
      ...(before.length === 0 ? {} : { before }),
      ...(behind === undefined ? {} : { behind }),
      ...(end.length === 0 ? {} : { end }),
      ...(closing === undefined ? {} : { closing }),
    },
  };
}
