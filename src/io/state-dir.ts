import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';

/** Who may read the state without being root. */
const READERS = 'holdfast';

/** Makes the directory, and those above it, readable to all and writable to us alone. @throws a system error */
export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 });
}

/**
 * Makes way for a socket: removes what an agent that died has left.
 * @returns false when an agent is still listening there
 */
export async function claimSocket(path: string): Promise<boolean> {
  makeDirectory(dirname(path));
  if (!existsSync(path)) return true;
  if (!statSync(path).isSocket() || (await answers(path))) return false;
  rmSync(path);
  return true;
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Gives the socket to the readers' group, where the machine has one. */
export function shareWithReaders(path: string): void {
  const group = groupId(READERS);
  if (group !== undefined) chownSync(path, statSync(path).uid, group);
}

/** @returns the group's number, where the machine has it */
export function groupId(name: string): number | undefined {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find(l => l.startsWith(`${name}:`));
  const group = Number(line?.split(':')[2]);
  return Number.isInteger(group) ? group : undefined;
}
