import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../lib/result.js';

/** Whom a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whom keepalived runs scripts as where the file names nobody and the machine has this account. */
const DEFAULT_USER = 'keepalived_script';

/**
 * Looks a user and a group up in /etc/passwd and /etc/group.
 * @param user null for keepalived_script where the machine has it, else for ourselves
 * @param group null for the user's own
 * @returns a sentence when there is none of that name
 */
export function accountOf(user: string | null, group: string | null): Result<Account, string> {
  const line = entry('/etc/passwd', user ?? DEFAULT_USER);
  if (line === undefined && user !== null) return err(`there is no user ${user}`);
  const uid = line === undefined ? (process.getuid?.() ?? 0) : Number(line[2]);
  const own = line === undefined ? (process.getgid?.() ?? 0) : Number(line[3]);
  if (group === null) return ok({ uid, gid: own });
  const found = entry('/etc/group', group);
  return found === undefined ? err(`there is no group ${group}`) : ok({ uid, gid: Number(found[2]) });
}

const entry = (file: string, name: string): readonly string[] | undefined =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.split(':'))
    .find(([first, , id]) => first === name || (/^\d+$/.test(name) && id === name));
