import { strict as assert } from 'node:assert';
import { endianness } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  now,
  openPacketSocket,
  openRawSocket,
  type NativeFrame,
  type NativePacket,
  type RawSocketOptions,
} from '../../src/io/native.js';
import { between } from '../../src/lib/units.js';
import { skip } from '../skip.js';

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const LOOPBACK6 = Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0));
const LO = 1;
/** Not assigned by IANA, and another one for each process: the machine has but one loopback. */
const PROTOCOL = 146 + (process.pid % 100);
/** Of nobody, for the same reason. */
const ETHERTYPE = 0xa000 + (process.pid % 0x1000);

/** Classic BPF as the kernel reads it: code, jump if true, jump if false, operand. */
function program(...instructions: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * instructions.length));
  const little = endianness() === 'LE';
  for (const [i, [code, yes, no, operand]] of instructions.entries()) {
    view.setUint16(8 * i, code, little);
    view.setUint8(8 * i + 2, yes);
    view.setUint8(8 * i + 3, no);
    view.setUint32(8 * i + 4, operand, little);
  }
  return new Uint8Array(view.buffer);
}

/** Lets only packets through that have `byte` at `at`: ldb, jeq, ret everything, ret nothing. */
const onlyWith = (at: number, byte: number): Uint8Array =>
  program([0x30, 0, 0, at], [0x15, 0, 1, byte], [0x06, 0, 0, 0xffffffff], [0x06, 0, 0, 0]);

const frame = (payload: string): Uint8Array =>
  Buffer.concat([Buffer.alloc(12), Buffer.from([ETHERTYPE >> 8, ETHERTYPE & 0xff]), Buffer.from(payload)]);

/** Waits until the loop has brought what was sent. */
async function until(done: () => boolean): Promise<void> {
  for (const deadline = now() + 3000; !done() && now() < deadline;) await sleep(1);
  assert.ok(done(), 'nothing came');
}

describe('native sockets', () => {
  const open: { close(): void }[] = [];

  const raw = (options: Partial<RawSocketOptions>, onBatch?: (batch: readonly NativePacket[]) => void) => {
    const socket = openRawSocket({ family: 'ipv4', protocol: PROTOCOL, ...options }, onBatch);
    open.push(socket);
    return socket;
  };
  const packet = (onBatch?: (batch: readonly NativeFrame[]) => void, filter?: Uint8Array) => {
    const options = { interfaceIndex: LO, etherType: ETHERTYPE, ...(filter === undefined ? {} : { filter }) };
    const socket = openPacketSocket(options, onBatch);
    open.push(socket);
    return socket;
  };

  before(function () {
    if (process.getuid?.() !== 0) skip(this, 'raw sockets need root');
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });

  it('hears an IPv4 packet with its header, addresses, TTL, interface and time', async () => {
    const heard: NativePacket[] = [];
    raw({ interfaceName: 'lo' }, batch => heard.push(...batch));
    const before = now();
    assert.equal(raw({ settings: { ttl: 77 } }).send(Buffer.from('advert'), LOOPBACK, 0, false), undefined);
    const after = now();
    await sleep(20);
    await until(() => heard.length === 1);
    const [got] = heard;
    assert.equal(Buffer.from(got!.bytes.subarray(20)).toString(), 'advert');
    assert.deepEqual([...got!.source], [...LOOPBACK]);
    assert.deepEqual([...got!.destination], [...LOOPBACK]);
    assert.equal(got!.ttl, 77);
    assert.equal(got!.interfaceIndex, LO);
    assert.equal(got!.truncated, false);
    // Two clocks are read one after the other, and the loop came 20 ms later: it is the kernel's time.
    assert.ok(between(before, got!.receivedAt) > -0.1, `${before} ${got!.receivedAt}`);
    assert.ok(between(got!.receivedAt, after) > -5, `${got!.receivedAt} ${after}`);
  });

  it('hears an IPv6 packet, with its hop limit and a checksum that the kernel has written', async () => {
    const heard: NativePacket[] = [];
    const options = {
      family: 'ipv6',
      interfaceName: 'lo',
      settings: { checksumOffset: 6, ttl: 255 },
    } as const;
    raw(options, batch => heard.push(...batch));
    assert.equal(raw(options).send(Buffer.alloc(8, 1), LOOPBACK6, 0, false), undefined);
    await until(() => heard.length === 1);
    const [got] = heard;
    assert.equal(got!.bytes.length, 8);
    assert.notDeepEqual([...got!.bytes.subarray(6)], [1, 1]);
    assert.deepEqual([...got!.source], [...LOOPBACK6]);
    assert.deepEqual([...got!.destination], [...LOOPBACK6]);
    assert.equal(got!.ttl, 255);
    assert.equal(got!.interfaceIndex, LO);
  });

  it('sends an IP header as it was given', () => {
    const heard: NativePacket[] = [];
    const receiver = raw({}, batch => heard.push(...batch));
    const bytes = Buffer.alloc(24);
    bytes.set([0x45, 0xc0, 0, 24, 0, 7, 0, 0, 255, PROTOCOL, 0, 0, 127, 0, 0, 9, ...LOOPBACK]);
    assert.equal(
      raw({ protocol: 255, settings: { headerIncluded: 1 } }).send(bytes, LOOPBACK, 0, false),
      undefined,
    );
    receiver.drain();
    assert.deepEqual([...heard[0]!.bytes.subarray(0, 10)], [...bytes.subarray(0, 10)]);
    assert.deepEqual([...heard[0]!.source], [127, 0, 0, 9]);
  });

  it('drains in the call, in order, and leaves nothing for the loop', async () => {
    const heard: string[] = [];
    const receiver = raw({}, batch =>
      heard.push(...batch.map(p => Buffer.from(p.bytes.subarray(20)).toString())),
    );
    const sender = raw({});
    const sent = Array.from({ length: 100 }, (_, i) => `number ${i}`);
    for (const text of sent) sender.send(Buffer.from(text), LOOPBACK, 0, false);
    receiver.drain();
    assert.deepEqual(heard, sent);
    await sleep(10);
    assert.equal(heard.length, 100);
  });

  it('lets what the callback throws out of drain(), and goes on after', () => {
    let calls = 0;
    const receiver = raw({}, () => {
      calls++;
      if (calls === 1) throw new Error('mine');
    });
    const sender = raw({});
    sender.send(Buffer.from('a'), LOOPBACK, 0, false);
    assert.throws(() => receiver.drain(), /^Error: mine$/);
    sender.send(Buffer.from('b'), LOOPBACK, 0, false);
    receiver.drain();
    assert.equal(calls, 2);
  });

  it('may be closed by its own callback, in the middle of a drain', () => {
    let calls = 0;
    const receiver = raw({}, () => {
      calls++;
      receiver.close();
    });
    const sender = raw({});
    for (let i = 0; i < 64; i++) sender.send(Buffer.from('x'), LOOPBACK, 0, false);
    receiver.drain();
    assert.equal(calls, 1);
    receiver.close();
  });

  it('hears only what the filter lets through, and nothing at all before it is started', () => {
    const heard: number[] = [];
    const sender = raw({});
    const receiver = raw({ filter: onlyWith(20, 7) }, batch =>
      heard.push(...batch.map(p => p.bytes[20] ?? -1)),
    );
    for (const byte of [1, 7, 2, 7]) sender.send(Uint8Array.of(byte), LOOPBACK, 0, false);
    receiver.drain();
    assert.deepEqual(heard, [7, 7]);
    // The sender has the same protocol, and every one of these packets came by it.
    const late: unknown[] = [];
    sender.start(batch => late.push(...batch));
    sender.drain();
    assert.deepEqual(late, []);
  });

  it('hears frames of its ethertype, filtered', () => {
    const heard: NativeFrame[] = [];
    const receiver = packet(batch => heard.push(...batch), onlyWith(14, 'y'.charCodeAt(0)));
    const other = Buffer.from(frame('y'));
    other[12] = 0xb0;
    const outcome = packet().sendAll([frame('no'), other, frame('yes')]);
    assert.deepEqual(outcome, { sent: 3 });
    receiver.drain();
    assert.deepEqual(
      heard.map(f => [
        Buffer.from(f.bytes).toString('latin1', 14),
        f.interfaceIndex,
        f.packetType,
        f.truncated,
      ]),
      [['yes', LO, 0, false]],
    );
    assert.ok(Math.abs(between(heard[0]!.receivedAt, now())) < 1000);
  });

  it('sends a burst of 1,000 frames in one go, and cuts what is longer than its slots', () => {
    const sender = packet();
    sender.set('sendBufferForce', 4 << 20);
    let count = 0;
    const counter = openPacketSocket(
      { interfaceIndex: LO, etherType: ETHERTYPE, settings: { receiveBufferForce: 8 << 20 } },
      batch => (count += batch.length),
    );
    open.push(counter);
    assert.deepEqual(sender.sendAll(Array.from({ length: 1000 }, (_, i) => frame(String(i)))), {
      sent: 1000,
    });
    counter.drain();
    assert.equal(count, 1000);
    const heard: NativeFrame[] = [];
    const long = packet(batch => heard.push(...batch));
    assert.deepEqual(sender.sendAll([frame('x'.repeat(65536))]), { sent: 1 });
    long.drain();
    assert.deepEqual(
      heard.map(f => [f.bytes.length, f.truncated]),
      [[65536, true]],
    );
  });

  it('says how many frames left and what stopped the rest', () => {
    const outcome = packet().sendAll([frame('one'), frame('two'), Buffer.alloc(3), frame('four')]);
    assert.deepEqual(outcome, { sent: 2, error: 'EINVAL' });
    assert.deepEqual(packet().sendAll([]), { sent: 0 });
  });

  it('names what the network refuses, and throws for a wrong call', () => {
    const sender = raw({ interfaceName: 'lo' });
    assert.equal(sender.send(Buffer.alloc(70000), LOOPBACK, 0, false), 'EMSGSIZE');
    assert.throws(() => sender.send(Buffer.alloc(1), LOOPBACK6, 0, false), TypeError);
    sender.close();
    assert.throws(() => sender.send(Buffer.alloc(1), LOOPBACK, 0, false), {
      code: 'EBADF',
      syscall: 'sendto',
    });
  });

  it('throws the errors that Node throws', () => {
    assert.throws(() => raw({ interfaceName: 'no-such' }), {
      name: 'Error',
      message: "ENODEV: no such device, setsockopt 'no-such'",
      code: 'ENODEV',
      errno: -19,
      syscall: 'setsockopt',
    });
    assert.throws(() => raw({ protocol: 4096 }), { code: 'EINVAL', syscall: 'socket', errno: -22 });
    assert.throws(() => raw({ filter: Buffer.alloc(7) }, () => undefined), TypeError);
    assert.throws(() => raw({ filter: Buffer.alloc(8, 255) }, () => undefined), { code: 'EINVAL' });
    assert.throws(() => raw({ group: { address: LOOPBACK, interfaceIndex: LO } }), { code: 'EINVAL' });
  });

  it('refuses a method that another kind of object has borrowed', () => {
    const { set } = Object.getPrototypeOf(raw({})) as { set: (...args: unknown[]) => void };
    assert.throws(() => set.call({}, 'ttl', 1), TypeError);
    assert.throws(() => set.call(undefined, 'ttl', 1), TypeError);
  });
});
