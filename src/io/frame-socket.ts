import type { FramePort } from '../ports/packets.js';
import { openPacketSocket } from './native.js';

/** A frame counts as about 1 KB until the card has sent it: a thousand announcements at once must fit. */
const SEND_BUFFER = 4 << 20;

/**
 * Opens a socket that sends Ethernet frames on one interface, and hears nothing.
 * @returns a port whose sends name what the network refused (ENETDOWN, ENXIO when the interface is gone, ENOBUFS
 *   or EAGAIN when its queue is full, EMSGSIZE), and throw EBADF when it is closed
 * @throws EPERM without CAP_NET_RAW and CAP_NET_ADMIN
 *
 * Closing it holds the loop up for a grace period of the kernel's, 12 ms here: not for a moment that counts.
 */
export function openFrameSocket(interfaceIndex: number): FramePort {
  const socket = openPacketSocket({ interfaceIndex, settings: { sendBufferForce: SEND_BUFFER } });
  return {
    send: frame => socket.sendAll([frame]).error,
    sendAll: frames => socket.sendAll(frames).error,
    close: () => socket.close(),
  };
}
