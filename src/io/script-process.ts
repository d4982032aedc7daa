import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ScriptEnd, ScriptPort } from '../ports/script.js';
import type { Command } from '../scripts/script.js';
import { accountOf } from './accounts.js';

/** From the asking signal to the one that cannot be refused, as in keepalived. */
const GRACE_MS = 2000;

/**
 * Runs programs without a shell, each as the leader of a process group, so that all it has started ends with it.
 * Nothing of our environment reaches them but PATH and what is harmless (keepalived: lib/notify.c).
 */
export function scriptProcesses(): ScriptPort {
  const running = new Set<ChildProcess>();
  return {
    run: (command, limit) =>
      new Promise(resolve => {
        const child = start(command);
        if (typeof child === 'string') {
          resolve({ how: 'refused', why: child });
          return;
        }
        running.add(child);
        let isLate = false;
        const ask = setTimeout(() => {
          isLate = true;
          signal(child, 'SIGTERM');
        }, limit);
        const force = setTimeout(() => signal(child, 'SIGKILL'), limit + GRACE_MS);
        const end = (how: ScriptEnd): void => {
          clearTimeout(ask);
          clearTimeout(force);
          running.delete(child);
          resolve(isLate ? { how: 'late' } : how);
        };
        child.on('error', error => end({ how: 'refused', why: error.message }));
        child.on('exit', (code, by) =>
          end(code === null ? { how: 'killed', signal: by ?? '?' } : { how: 'exited', code }),
        );
      }),
    stop: () => {
      for (const child of running) signal(child, 'SIGTERM');
    },
  };
}

function start({ argv: [program = '', ...args], user, group, isSecure }: Command): ChildProcess | string {
  const account = accountOf(user, group);
  if (!account.ok) return account.error;
  try {
    accessSync(program, constants.X_OK);
    const place = isSecure && account.value.uid === 0 ? writableBy(program) : undefined;
    if (place !== undefined) return `${place} can be changed by others than root`;
    return spawn(program, args, {
      ...account.value,
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The program or the folder above it that somebody else than root may change. */
function writableBy(path: string): string | undefined {
  for (let part = path; ; part = dirname(part)) {
    const { uid, gid, mode } = statSync(part);
    const isSticky = (mode & 0o1000) !== 0 && part !== path;
    if (uid !== 0 || (!isSticky && ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0)))) {
      return part;
    }
    if (part === dirname(part)) return undefined;
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // It has ended in the meantime.
  }
}
