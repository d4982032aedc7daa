import { connect, type Socket } from 'node:net';
import { between, millis, type Instant } from '../lib/units.js';
import type { ConnectFailure, ConnectOutcome, ConnectPort } from '../ports/connect.js';
import { monotonicNow } from './node-clock.js';

const REASONS: Readonly<Record<string, ConnectFailure>> = {
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'host-unreachable',
  EHOSTDOWN: 'host-unreachable',
  ENETUNREACH: 'network-unreachable',
  ENETDOWN: 'network-unreachable',
  ECONNRESET: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPIPE: 'connection-reset',
};

/** TCP with the system's own sockets. Each talk ends by its deadline, and its socket with it. */
export const tcpConnect: ConnectPort = {
  talk: (target, deadline, request) =>
    new Promise<ConnectOutcome>(resolve => {
      const started = monotonicNow();
      if (started >= deadline) {
        resolve({ ok: false, reason: 'connect-timeout', latency: millis(0) });
        return;
      }
      const answer = new Answer();
      let connected = false;
      const socket: Socket = connect({
        host: target.address,
        port: target.port,
        ...(target.bindAddress === undefined ? {} : { localAddress: target.bindAddress }),
        autoSelectFamily: false,
        // A peer that ends its side is done with its answer; ours is closed right after by destroy.
        allowHalfOpen: true,
      });
      const end = (outcome: Pass | Fail): void => {
        clearTimeout(limit);
        socket.removeAllListeners();
        // An error that was on its way when the talk ended must not become an uncaught one.
        socket.on('error', () => undefined);
        socket.destroy();
        resolve({ ...outcome, latency: between(started, monotonicNow()) });
      };
      const limit = setTimeout(
        () => end({ ok: false, reason: connected ? 'answer-timeout' : 'connect-timeout' }),
        remaining(started, deadline),
      );
      socket.on('connect', () => {
        connected = true;
        if (request === undefined) end({ ok: true, answer: answer.bytes() });
        else socket.write(request.bytes);
      });
      socket.on('data', (part: Buffer) => {
        const most = request?.mostBytes ?? 0;
        answer.add(part.subarray(0, Math.max(0, most + 1 - answer.length)));
        if (request?.complete?.(answer.bytes()) === true) end({ ok: true, answer: answer.bytes() });
        else if (answer.length > most) end({ ok: false, reason: 'answer-too-long' });
      });
      socket.on('end', () => end({ ok: true, answer: answer.bytes() }));
      socket.on('error', (error: NodeJS.ErrnoException) => end(failure(error, connected)));
    }),
};

interface Pass {
  readonly ok: true;
  readonly answer: Uint8Array;
}

interface Fail {
  readonly ok: false;
  readonly reason: ConnectFailure;
  readonly detail?: string;
}

function failure(error: NodeJS.ErrnoException, connected: boolean): Fail {
  const code = error.code ?? error.message;
  if (code === 'ETIMEDOUT') {
    return { ok: false, reason: connected ? 'answer-timeout' : 'connect-timeout', detail: code };
  }
  return { ok: false, reason: REASONS[code] ?? 'connect-error', detail: code };
}

/** Node's timers count whole milliseconds. */
const remaining = (now: Instant, deadline: Instant): number => Math.ceil(between(now, deadline));

/** Bytes that have come so far, in room that doubles, so that a slow answer in many parts is not copied each time. */
class Answer {
  #room = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.#room.length, 4096));
      room.set(this.bytes());
      this.#room = room;
    }
    this.#room.set(part, this.#length);
    this.#length = length;
  }

  /** What has come, as a view that the next part may leave behind. */
  bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }
}
