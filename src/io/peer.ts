import type { Socket } from 'node:net';
import { peerCredentials } from './native.js';
import { groupId } from './state-dir.js';

/** Who may change things without being root. */
const ADMINISTRATORS = 'holdfast-admin';

/** Who asks over the control socket. */
export interface Peer {
  /** For the log: `uid 0, pid 812`. */
  readonly name: string;
  /** Root, or in the administrators' group. */
  readonly mayChange: boolean;
}

/** @returns who is at the other end, as the kernel knows it; undefined when the connection has gone */
export function peerOf(socket: Socket): Peer | undefined {
  // Node tells nobody the descriptor of a socket in any other way.
  const fd = (socket as unknown as { readonly _handle: { readonly fd: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0) return undefined;
  const { pid, uid, gid, groups } = peerCredentials(fd);
  const administrators = groupId(ADMINISTRATORS);
  return {
    name: `uid ${uid}, pid ${pid}`,
    mayChange:
      uid === 0 ||
      (administrators !== undefined && (gid === administrators || groups.includes(administrators))),
  };
}
