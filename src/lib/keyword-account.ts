import type { Keyword, Row, Word } from './keyword.js';
import { lacks } from './keyword-kinds.js';

/** Whom a program is to run as. */
export interface Account {
  readonly user: Word;
  readonly group?: Word;
}

/** What `global_defs` says of all scripts. */
export interface ScriptDefaults {
  /** Whom scripts run as that name nobody. */
  readonly account: Account | undefined;
  /** Are scripts refused that run as root and that others may change? */
  readonly isSecure: boolean;
}

/** A keyword that takes a user and perhaps a group, with or without a colon before it (keepalived 2.3 and newer). */
export const account = (row: Row): Keyword<Account> => ({
  effect: 'acted on',
  ...row,
  takes: 'a user, and perhaps a group',
  read: (statement, report) => {
    const { keyword, args } = statement;
    const [user, group, extra] = args.filter(word => word.text !== ':');
    if (user === undefined) {
      lacks(row, statement, 'a user, and perhaps a group', report);
      return undefined;
    }
    if (extra !== undefined) {
      report.warn(extra.at, `${keyword.text} takes a user and a group; "${extra.text}" is ignored`);
    }
    return group === undefined ? { user } : { user, group: { ...group, text: group.text.replace(/^:/, '') } };
  },
});
