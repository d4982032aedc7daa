import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type * as Messages from 'netlink/dist/structs.js';
import { commonJs } from './common-js.js';
import { openRouteSocket, type NativeNetlinkPart } from './native.js';

const { formatMessage, parseMessages } = commonJs<typeof Messages>('netlink/dist/structs.js');

type NetlinkMessage = Messages.NetlinkMessage;

/*
 * The socket is our own: the package's aborts the whole process when the kernel has more news than room for it
 * (netlink 0.3.0: its poll error path makes a string of a null pointer). The messages are the package's.
 */

/** Message types and flags of linux/netlink.h. */
const ERROR = 2;
const DONE = 3;
const REQUEST = 0x1;
const ACK = 0x4;
export const DUMP = 0x300;

/** Netlink speaks the machine's own byte order. */
const LITTLE_ENDIAN = endianness() === 'LE';

const KERNEL = 0;
const NOWHERE = new Uint8Array(0);
/** Room for the answers to some thousand requests at once. */
const RECEIVE_BUFFER = 1 << 20;

/** How the kernel answered: with messages, or with the system's name for why not. */
export interface RouteAnswer {
  readonly messages: readonly NetlinkMessage[];
  readonly code: string | undefined;
}

interface Waiting {
  readonly messages: NetlinkMessage[];
  readonly done: (answer: RouteAnswer) => void;
}

/** Asks the kernel's rtnetlink. What was asked is done when `ask` returns; only the answer takes a moment. */
export class RouteRequests {
  readonly #waiting = new Map<number, Waiting>();
  readonly #socket = openRouteSocket(0, RECEIVE_BUFFER, batch => this.#take(batch));
  #sequence = 0;

  /**
   * @param flags NLM_F_ flags besides REQUEST and ACK
   * @param body the message after its header
   */
  ask(type: number, flags: number, body: readonly Uint8Array[]): Promise<RouteAnswer> {
    const seq = (this.#sequence = (this.#sequence % 0xffffffff) + 1);
    const message = formatMessage({ type, flags: flags | REQUEST | ACK, seq, port: 0, data: [...body] });
    return new Promise(done => {
      this.#waiting.set(seq, { messages: [], done });
      const code = this.#socket.send(Buffer.concat(message), NOWHERE, 0, false);
      if (code !== undefined) this.#finish(seq, code);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take(batch: readonly NativeNetlinkPart[]): void {
    if (batch.length === 0) {
      // Answers were lost, and nobody knows whose.
      for (const seq of [...this.#waiting.keys()]) this.#finish(seq, 'ENOBUFS');
    }
    for (const message of messagesOf(batch)) {
      if (message.type === ERROR) {
        this.#finish(message.seq, errorIn(message));
      } else if (message.type === DONE) {
        this.#finish(message.seq, undefined);
      } else {
        this.#waiting.get(message.seq)?.messages.push(message);
      }
    }
  }

  #finish(seq: number, code: string | undefined): void {
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    waiting?.done({ messages: waiting.messages, code });
  }
}

/** What the kernel said in a batch; what anybody else says is not heard. @throws Error when it cannot be read */
export function messagesOf(batch: readonly NativeNetlinkPart[]): readonly NetlinkMessage[] {
  return batch.filter(part => part.port === KERNEL).flatMap(part => parseMessages(Buffer.from(part.bytes)));
}

function errorIn(message: NetlinkMessage): string | undefined {
  const errno = new DataView(message.data.buffer, message.data.byteOffset).getInt32(0, LITTLE_ENDIAN);
  return errno === 0 ? undefined : getSystemErrorName(errno);
}
