import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { between } from '../lib/units.js';
import type { ConnectOutcome } from '../ports/connect.js';
import type { DatagramPort, Random } from '../ports/datagram.js';
import { REASONS } from './connect.js';
import { monotonicNow } from './node-clock.js';

/**
 * UDP with a connected socket of its own for each question, so that the kernel hands on what ICMP says of it, and
 * nothing that comes from elsewhere.
 */
export const udpDatagrams: DatagramPort = {
  ask: (target, deadline, bytes, isAnswer = () => true) =>
    new Promise<ConnectOutcome>(resolve => {
      const started = monotonicNow();
      const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
      const end = (outcome: Unmeasured): void => {
        clearTimeout(limit);
        socket.removeAllListeners();
        socket.on('error', () => undefined);
        socket.close();
        resolve({ ...outcome, latency: between(started, monotonicNow()) });
      };
      const limit = setTimeout(
        () => end({ ok: false, reason: 'answer-timeout' }),
        Math.max(0, Math.ceil(between(started, deadline))),
      );
      const fail = (error: NodeJS.ErrnoException): void => {
        const detail = error.code ?? error.message;
        end({ ok: false, reason: REASONS[detail] ?? 'connect-error', detail });
      };
      socket.on('error', fail);
      socket.on('message', answer => {
        if (isAnswer(answer)) end({ ok: true, answer });
      });
      socket.on('connect', () =>
        socket.send(bytes, error => {
          if (error !== null) fail(error);
        }),
      );
      socket.bind({ port: 0, exclusive: true, ...addressOf(target.bindAddress) }, () =>
        socket.connect(target.port, target.address),
      );
    }),
};

type Unmeasured =
  | Omit<Extract<ConnectOutcome, { ok: true }>, 'latency'>
  | Omit<Extract<ConnectOutcome, { ok: false }>, 'latency'>;

const addressOf = (address: string | undefined): { address?: string } =>
  address === undefined ? {} : { address };

/** What identifies a question needs no more than this, and OpenSSL stays away. */
export const random: Random = length => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256));
