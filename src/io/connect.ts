import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { between, millis, type Instant } from '../lib/units.js';
import type { ConnectFailure, ConnectOutcome, ConnectPort, ConnectTarget } from '../ports/connect.js';
import { monotonicNow } from './node-clock.js';

/** What a system error says of the peer; connect-error where it says nothing. */
export const REASONS: Readonly<Record<string, ConnectFailure>> = {
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
      let talking = false;
      const socket = open(target);
      const end = (outcome: Pass | Fail): void => {
        clearTimeout(limit);
        socket.removeAllListeners();
        // An error that was on its way when the talk ended must not become an uncaught one.
        socket.on('error', () => undefined);
        hangUp(socket, talking && target.tls?.saysGoodbye === true);
        resolve({ ...outcome, latency: between(started, monotonicNow()) });
      };
      const limit = setTimeout(
        () => end({ ok: false, reason: connected ? 'answer-timeout' : 'connect-timeout' }),
        remaining(started, deadline),
      );
      const begin = (): void => {
        talking = true;
        if (request === undefined) end({ ok: true, answer: answer.bytes() });
        else socket.write(request.bytes);
      };
      socket.on('connect', () => {
        connected = true;
        if (target.tls === undefined) begin();
      });
      socket.on('secureConnect', begin);
      socket.on('data', (part: Buffer) => {
        const most = request?.mostBytes ?? 0;
        answer.add(part.subarray(0, Math.max(0, most + 1 - answer.length)));
        if (request?.complete?.(answer.bytes()) === true) end({ ok: true, answer: answer.bytes() });
        else if (answer.length > most) end({ ok: false, reason: 'answer-too-long' });
        else {
          const words = request?.respond?.(answer.bytes());
          if (words !== undefined) socket.write(words);
        }
      });
      socket.on('end', () =>
        end(talking ? { ok: true, answer: answer.bytes() } : { ok: false, reason: 'tls-failed' }),
      );
      socket.on('error', (error: NodeJS.ErrnoException) =>
        end(failure(error, connected, target.tls !== undefined)),
      );
    }),
};

/** How long a peer may keep us from saying goodbye. */
const GOODBYE_MS = 1000;

/** OpenSSL is loaded only where TLS is spoken. */
function open(target: ConnectTarget): Socket {
  const options: TcpNetConnectOpts = {
    host: target.address,
    port: target.port,
    ...(target.bindAddress === undefined ? {} : { localAddress: target.bindAddress }),
    autoSelectFamily: false,
    // A peer that ends its side is done with its answer; ours is closed right after by destroy.
    allowHalfOpen: true,
  };
  if (target.tls === undefined) return connect(options);
  const { serverName } = target.tls;
  return process.getBuiltinModule('node:tls').connect({
    ...options,
    rejectUnauthorized: false,
    // An address is no name (RFC 6066 §3).
    ...(serverName === undefined || isIP(serverName) !== 0 ? {} : { servername: serverName }),
  });
}

function hangUp(socket: Socket, saysGoodbye: boolean): void {
  if (!saysGoodbye) {
    socket.destroy();
    return;
  }
  const limit = setTimeout(() => socket.destroy(), GOODBYE_MS);
  socket.on('close', () => clearTimeout(limit));
  socket.destroySoon();
}

interface Pass {
  readonly ok: true;
  readonly answer: Uint8Array;
}

interface Fail {
  readonly ok: false;
  readonly reason: ConnectFailure;
  readonly detail?: string;
}

function failure(error: NodeJS.ErrnoException, connected: boolean, overTls: boolean): Fail {
  const code = error.code ?? error.message;
  if (code === 'ETIMEDOUT') {
    return { ok: false, reason: connected ? 'answer-timeout' : 'connect-timeout', detail: code };
  }
  const otherwise = connected && overTls ? 'tls-failed' : 'connect-error';
  return { ok: false, reason: REASONS[code] ?? otherwise, detail: code };
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
