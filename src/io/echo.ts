import { parseIp, type Family } from '../lib/address.js';
import { internetChecksum } from '../lib/checksum.js';
import { between, type Instant } from '../lib/units.js';
import type { ConnectOutcome } from '../ports/connect.js';
import type { EchoPort } from '../ports/datagram.js';
import { REASONS } from './connect.js';
import { openRawSocket, type NativePacket, type NativeSocket } from './native.js';
import { monotonicNow } from './node-clock.js';

/** What differs between ICMP (RFC 792) and ICMPv6 (RFC 4443 §4). */
const KINDS = {
  ipv4: { protocol: 1, request: 8, reply: 0 },
  ipv6: { protocol: 58, request: 128, reply: 129 },
} as const;

const HEADER = 8;

/** What is sent along, in bytes: as ping(8). */
const DATA = new Uint8Array(56).map((_, i) => 'keepalived check - '.charCodeAt(i % 19));

/** One that waits, by the number in its request. */
interface Waiting {
  readonly address: Uint8Array;
  readonly heard: () => void;
}

/** One raw socket for all echoes of a family and a source address. */
interface Line {
  readonly socket: NativeSocket<NativePacket>;
  readonly waiting: Map<number, Waiting>;
  /** Tells our replies from those for other programs. */
  readonly identifier: number;
  next: number;
}

/**
 * Echoes over raw sockets, which are opened at the first one: one for each family and source address, however many
 * servers are asked.
 */
export function echoes(): EchoPort {
  const lines = new Map<string, Line>();
  return {
    echo: (address, deadline, bindAddress) => {
      const started = monotonicNow();
      const to = parseIp(address) ?? new Uint8Array();
      const family: Family = to.length === 4 ? 'ipv4' : 'ipv6';
      const name = bindAddress ?? family;
      try {
        const line = lines.get(name) ?? openLine(family, bindAddress);
        lines.set(name, line);
        return ask(line, family, to, started, deadline);
      } catch (error) {
        const detail = (error as NodeJS.ErrnoException).code ?? String(error);
        return Promise.resolve({
          ok: false,
          reason: 'connect-error',
          detail,
          latency: between(started, monotonicNow()),
        });
      }
    },
  };
}

function openLine(family: Family, bindAddress: string | undefined): Line {
  const waiting = new Map<number, Waiting>();
  const identifier = Math.floor(Math.random() * 65536);
  const socket = openRawSocket({ family, protocol: KINDS[family].protocol });
  try {
    const from = bindAddress === undefined ? undefined : parseIp(bindAddress);
    if (from !== undefined) socket.bind(from, 0);
    socket.start(batch => {
      for (const packet of batch) hear(packet, family, identifier, waiting);
    }, onlyReplies(family));
    socket.unref();
  } catch (error) {
    socket.close();
    throw error;
  }
  return { socket, waiting, identifier, next: 0 };
}

function ask(
  line: Line,
  family: Family,
  to: Uint8Array,
  started: Instant,
  deadline: Instant,
): Promise<ConnectOutcome> {
  return new Promise(resolve => {
    const { waiting, identifier, socket } = line;
    const number = line.next;
    line.next = (number + 1) & 0xffff;
    const end = (outcome: { ok: true } | { ok: false; detail?: string }): void => {
      clearTimeout(limit);
      waiting.delete(number);
      const latency = between(started, monotonicNow());
      if (outcome.ok) resolve({ ok: true, answer: new Uint8Array(), latency });
      else {
        const { detail } = outcome;
        const reason = detail === undefined ? 'answer-timeout' : (REASONS[detail] ?? 'connect-error');
        resolve({ ok: false, reason, latency, ...(detail === undefined ? {} : { detail }) });
      }
    };
    const limit = setTimeout(() => end({ ok: false }), Math.max(0, Math.ceil(between(started, deadline))));
    waiting.set(number, { address: to, heard: () => end({ ok: true }) });
    const refused = socket.send(request(family, identifier, number), to, 0, false);
    if (refused !== undefined) end({ ok: false, detail: refused });
  });
}

/** The kernel writes the checksum of ICMPv6 itself (RFC 3542 §3.1). */
function request(family: Family, identifier: number, number: number): Uint8Array {
  const bytes = new Uint8Array(HEADER + DATA.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KINDS[family].request);
  view.setUint16(4, identifier);
  view.setUint16(6, number);
  bytes.set(DATA, HEADER);
  if (family === 'ipv4') view.setUint16(2, internetChecksum(bytes));
  return bytes;
}

function hear(
  { bytes, source }: NativePacket,
  family: Family,
  identifier: number,
  waiting: ReadonlyMap<number, Waiting>,
): void {
  const at = family === 'ipv4' ? ((bytes[0] ?? 0) & 0x0f) * 4 : 0;
  if (bytes.length < at + HEADER || bytes[at] !== KINDS[family].reply) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER);
  if (view.getUint16(4) !== identifier) return;
  const one = waiting.get(view.getUint16(6));
  if (one?.address.every((byte, i) => byte === source[i]) === true) one.heard();
}

/** A raw socket hears all ICMP of the machine; classic BPF lets replies through alone (linux/filter.h). */
function onlyReplies(family: Family): Uint8Array {
  const toHeader = family === 'ipv4' ? [[0xb1, 0, 0, 0]] : [[0x01, 0, 0, 0]];
  const program = [
    ...toHeader,
    [0x50, 0, 0, 0],
    [0x15, 0, 1, KINDS[family].reply],
    [0x06, 0, 0, 0xffff],
    [0x06, 0, 0, 0],
  ];
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  for (const [i, [code = 0, yes = 0, no = 0, value = 0]] of program.entries()) {
    view.setUint16(i * 8, code, isLittle);
    view.setUint8(i * 8 + 2, yes);
    view.setUint8(i * 8 + 3, no);
    view.setUint32(i * 8 + 4, value, isLittle);
  }
  return bytes;
}
