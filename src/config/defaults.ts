import type { Keywords, Statement } from '../lib/keyword.js';
import type { Place } from '../lib/problem.js';
import { TOP } from './keywords.js';
import type { Parsed } from './parse.js';

/** Several blocks of it count as one. */
const GLOBALS = 'global_defs';

/**
 * Writes down what counts where a keyword was left out, at the end of its block. What is inherited stays left out, and
 * so does what is not acted on. The meaning stays the same.
 * @returns the file with as many keywords more; the comments stay where they are
 */
export function withDefaults({ statements, end }: Parsed, table: Keywords = TOP): Parsed {
  const globals = statements.filter(statement => statement.keyword.text === GLOBALS);
  const all: Statement = { ...newGlobals, block: globals.flatMap(({ block = [] }) => block) };
  const { within = {} } = table[GLOBALS] ?? {};
  const added = leftOut(all, within);
  if (globals.length === 0 && added.length > 0) {
    return { statements: [{ ...all, block: added }, ...filled(statements, table)], end };
  }
  const [first] = globals;
  return {
    statements: statements.map(statement => {
      if (statement.keyword.text !== GLOBALS || statement.block === undefined) {
        return fill(statement, table);
      }
      const block = filled(statement.block, within);
      return { ...statement, block: statement === first ? [...block, ...added] : block };
    }),
    end,
  };
}

const NOWHERE: Place = { file: '', line: 1, column: 1, length: 1 };
const newGlobals: Statement = { keyword: { text: GLOBALS, at: NOWHERE }, args: [] };

const filled = (statements: readonly Statement[], table: Keywords): readonly Statement[] =>
  statements.map(statement => fill(statement, table));

function fill(statement: Statement, table: Keywords): Statement {
  const name = statement.keyword.text;
  const within = Object.hasOwn(table, name) ? table[name]?.within : undefined;
  if (statement.block === undefined || within === undefined) return statement;
  return { ...statement, block: [...filled(statement.block, within), ...leftOut(statement, within)] };
}

/** The keywords that a block lacks and that have a default there. */
function leftOut(statement: Statement, within: Keywords): readonly Statement[] {
  const present = new Set(statement.block?.map(({ keyword: { text } }) => within[text]?.aliasOf ?? text));
  const { at } = statement.keyword;
  return Object.entries(within).flatMap(([text, keyword]): Statement[] => {
    if (keyword.default === undefined || keyword.effect !== 'acted on' || present.has(text)) return [];
    if (keyword.aliasOf !== undefined) return [];
    if (keyword.unless?.(statement) === true) return [];
    const args = keyword.default.split(' ').filter(word => word !== '');
    return [{ keyword: { text, at }, args: args.map(word => ({ text: word, at })) }];
  });
}
