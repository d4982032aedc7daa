import type { Keyword, Keywords, Word } from '../../lib/keyword.js';
import { account } from '../../lib/keyword-account.js';
import { bare, integer, lacks, named, secondsFrom } from '../../lib/keyword-kinds.js';
import { lookAtCommand } from '../../lib/keyword-script.js';
import { weight } from '../../lib/keyword-weight.js';

/** keepalived's timers count microseconds in 32 bits. */
const LONGEST = 4294.967295;
const MOST_RUNS = 2147483647;

/** The command of a vrrp_script: keepalived starts the first word, and drops the rest. */
const COMMAND = { means: 'what is run; all is well when it ends with 0', mayBeEmpty: true };
const command: Keyword<Word> = {
  ...COMMAND,
  effect: 'acted on',
  takes: 'a program with its arguments, in quotes',
  read: (statement, report) => {
    const [first, extra] = statement.args;
    if (first === undefined) {
      lacks(COMMAND, statement, 'a program with its arguments, in quotes', report);
      return undefined;
    }
    lookAtCommand(first, report);
    if (extra !== undefined) {
      report.warn(
        extra.at,
        `keepalived starts ${first.text} without what follows it`,
        'put the program and its arguments in quotes, as one',
      );
    }
    return first;
  },
};

/** The keywords of vrrp_script. */
export const SCRIPT = {
  script: command,
  interval: secondsFrom(0.001, LONGEST, {
    means: 'seconds from one run to the next',
    default: '1',
    otherwise: '1',
  }),
  timeout: secondsFrom(0.001, LONGEST, {
    means: 'seconds after which a run has failed, and is ended; interval',
    otherwise: 'interval',
  }),
  weight: weight(253, {
    means: 'what it adds to the priority, or takes from it; with 0 the instance fails with it',
    default: '0',
    otherwise: '0',
  }),
  rise: integer(1, MOST_RUNS, { means: 'runs until it is well again', default: '1', otherwise: '1' }),
  fall: integer(1, MOST_RUNS, { means: 'runs until it has failed', default: '1', otherwise: '1' }),
  user: account({ means: 'whom it runs as, in place of script_user' }),
  init_fail: bare({ means: 'it counts as failed until it has run well' }),
} satisfies Keywords;

/** The keyword of the file's top level. */
export const SCRIPTS = {
  vrrp_script: named(SCRIPT, {
    means: 'a program that is run again and again, to see whether all is well',
  }),
} satisfies Keywords;
