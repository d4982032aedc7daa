import { commandOf } from './command.js';
import type { Keyword, Row, Word } from './keyword.js';
import { lacks } from './keyword-kinds.js';
import type { Report } from './problem.js';

/** A program that keepalived would start, with its arguments, as one text. */
export interface Script {
  /** Not empty. */
  readonly command: Word;
  readonly user?: Word;
  readonly group?: Word;
}

/** Programs that read their argument as a shell does. */
const SHELL = /^(\/\S*\/)?(env\s+)?(ba|da|a|k|z|fi)?sh\s/;

/**
 * What only a shell understands. A text that begins with `<` is given to one (keepalived: lib/notify.c), and what
 * stands in single quotes is one argument, whatever is in it.
 */
function shellOperator(command: string): string | undefined {
  if (SHELL.test(command) || command.startsWith('<')) return undefined;
  return /&&|\|\||[|;&<>`]|\$(\w+|[({][^)}]*[)}]?)/.exec(command.replace(/'[^']*'/g, ''))?.[0];
}

/** Says what in a command will not do what its author means. */
export function lookAtCommand(word: Word, report: Report): void {
  const { text, at } = word;
  const command = commandOf(word);
  if ('wrong' in command && word.quoted) {
    report.warn(at, `${command.wrong}: keepalived leaves such a script out`, 'every quote needs its second');
  }
  const operator = shellOperator(text);
  if (operator === undefined) return;
  report.warn(
    at,
    `no shell reads this command: "${operator}" is handed to the program as it stands, in keepalived, too`,
    "write a script of its own and name that, or sh -c '…'",
  );
}

/**
 * A keyword that takes a program, and perhaps the user and the group that it is to run as. A program with arguments
 * stands in quotes: keepalived takes what follows an unquoted one for the user.
 */
export const script = (row: Row, takes = 'a program with its arguments in quotes'): Keyword<Script> => ({
  effect: 'acted on',
  ...row,
  takes: `${takes}, and perhaps a user and a group`,
  read: (statement, report, before) => {
    const {
      keyword,
      args: [command, user, second, third, extra],
    } = statement;
    if (command === undefined) {
      lacks(row, statement, takes, report);
      return undefined;
    }
    if (before !== undefined) {
      report.warn(keyword.at, `${keyword.text} is there a second time; as in keepalived, the first counts`);
      return before;
    }
    if (command.text.trim() === '') return undefined;
    lookAtCommand(command, report);
    // keepalived 2.3 and newer allow a colon between the two.
    const group = second?.text === ':' ? third : second;
    const more = second?.text === ':' ? extra : third;
    const strange = [user, group, more].find(
      (word, i) => word !== undefined && (i === 2 || !isName(word.text)),
    );
    if (strange !== undefined) {
      report.warn(
        strange.at,
        `keepalived takes what follows the program for a user and a group, finds none of that name, and does not run it`,
        'put the program and its arguments in quotes, as one',
      );
      return undefined;
    }
    return { command, ...(user && { user }), ...(group && { group }) };
  },
});

const isName = (text: string): boolean => /^:?[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(text);
