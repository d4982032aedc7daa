// Asks an address for an echo every so often, and notes when it asked and when the kernel took the answer from the wire.
// Says `ready` with the first answer; told to stop, writes a line for each request: both times, in µs since the epoch,
// the second 0 where there was no answer:  node echo-client.js ADDRESS INTERVAL_MS
// `ping` would do, but for intervals this short it polls without a pause, which in User-Mode Linux, with its one
// processor, takes half of it from those that are measured.
import { writeSync } from 'node:fs';
import { createTimer, now, openRawSocket, setRoundRobin } from '../../src/io/native.js';
import { parseIp } from '../../src/lib/address.js';
import { internetChecksum } from '../../src/lib/checksum.js';

const ICMP = 1;
const ECHO_REQUEST = 8;
const [address = '', interval = '2'] = process.argv.slice(2);
const target = parseIp(address);
if (!target) throw new Error(`not an address: ${address}`);

// It stands for another machine, and must not wait for its turn on this one. It takes little.
setRoundRobin(90);

const HEADER = 8;
const identifier = process.pid & 0xffff;
const request = Buffer.alloc(HEADER + 4);
const asked: number[] = [];
const answered: number[] = [];
let ready = false;

function ask(): void {
  request.writeUInt8(ECHO_REQUEST, 0);
  request.writeUInt16BE(0, 2);
  request.writeUInt16BE(identifier, 4);
  request.writeUInt32BE(asked.length, HEADER);
  request.writeUInt16BE(internetChecksum(request), 2);
  asked.push(now());
  answered.push(0);
  socket.send(request, target ?? request, 0, false);
}

const socket = openRawSocket({ family: 'ipv4', protocol: ICMP }, batch => {
  for (const { bytes, receivedAt } of batch) {
    const reply = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(
      ((bytes[0] ?? 0) & 15) * 4,
    );
    if (reply[0] !== 0 || reply.readUInt16BE(4) !== identifier) continue;
    if (!ready) console.error('ready');
    ready = true;
    answered[reply.readUInt32BE(HEADER)] = receivedAt;
  }
});

const timer = createTimer(() => {
  ask();
  // Counted from now: what was missed is not made up for, and there is always a rest in which others can run.
  timer.set((now() + Number(interval)) * 1000);
});
timer.set(0);

process.on('SIGTERM', () => {
  socket.drain();
  const epoch = performance.timeOrigin + performance.now() - now();
  const micros = (at: number): number => (at === 0 ? 0 : Math.round((epoch + at) * 1000));
  writeSync(1, asked.map((at, n) => `${micros(at)} ${micros(answered[n] ?? 0)}`).join('\n'));
  process.exit(0);
});
