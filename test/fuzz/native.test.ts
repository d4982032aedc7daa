import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import {
  createTimer,
  now,
  openPacketSocket,
  openRawSocket,
  sendUnixDatagram,
  setRoundRobin,
  type NativeFrame,
  type NativePacket,
} from '../../src/io/native.js';
import { skip } from '../skip.js';

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const LO = 1;
/** Not assigned by IANA, and another one for each process: the machine has but one loopback. */
const PROTOCOL = 146 + (process.pid % 100);
const IPV4 = 0x0800;

/** Many small packets, and some as large as there are. */
const length = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1400, max: 1600 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 66_000 }) },
);

/** What of a random packet is made right, so that some get further into the kernel than others. */
const plausible = fc.constantFrom('random', 'header', 'options', 'fragment');

describe('native sockets under garbage', () => {
  before(function () {
    if (process.getuid?.() !== 0) skip(this, 'raw sockets need root');
  });

  it('hand over whatever comes, whole', () => {
    const heard: NativePacket[] = [];
    const receiver = openRawSocket({ family: 'ipv4', protocol: PROTOCOL }, batch => heard.push(...batch));
    const sender = openRawSocket({ family: 'ipv4', protocol: PROTOCOL });
    fc.assert(
      fc.property(fc.array(length, { maxLength: 40 }), lengths => {
        heard.length = 0;
        const sent = lengths.map(n => randomBytes(n));
        // What is too long for the socket's buffers does not leave, and nothing else may stay away.
        const left = sent.filter(bytes => sender.send(bytes, LOOPBACK, 0, false) === undefined);
        receiver.drain();
        const told = heard.map(p => Buffer.from(p.bytes.subarray(20)));
        assert.ok(told.length > 0 || left.length === 0);
        for (const bytes of told) assert.ok(left.some(one => one.equals(bytes)));
      }),
      { numRuns: 2000 },
    );
    receiver.close();
    sender.close();
  });

  it('live through random IP headers, options and fragments', () => {
    let heard = 0;
    const receiver = openRawSocket({ family: 'ipv4', protocol: PROTOCOL }, batch => {
      for (const packet of batch) {
        assert.equal(packet.source.length, 4);
        assert.equal(packet.destination.length, 4);
        assert.ok(packet.receivedAt <= now());
        heard++;
      }
    });
    const headers = openRawSocket({ family: 'ipv4', protocol: 255, settings: { headerIncluded: 1 } });
    const frames = openPacketSocket({ interfaceIndex: LO });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 200 }), plausible, (bytes, kind) => {
        const packet = Uint8Array.from(bytes);
        if (kind !== 'random') {
          const words = kind === 'header' ? 5 : 5 + ((packet[0] ?? 0) % 11);
          packet.set([0x40 + words, 0, 0, packet.length]);
          packet.set([64, PROTOCOL, 0, 0, ...LOOPBACK, ...LOOPBACK], 8);
          if (kind !== 'fragment') packet.set([0, 0], 6);
        }
        headers.send(packet, LOOPBACK, 0, false);
        frames.sendAll([Buffer.concat([Buffer.alloc(12), Buffer.from([IPV4 >> 8, IPV4 & 0xff]), packet])]);
        receiver.drain();
      }),
      { numRuns: 3000 },
    );
    for (const socket of [receiver, headers, frames]) socket.close();
    assert.ok(heard > 0);
  });

  it('live through random frames, heard by a socket that takes everything', () => {
    const heard: NativeFrame[] = [];
    const everything = openPacketSocket({ interfaceIndex: LO, etherType: 3 }, batch => heard.push(...batch));
    const sender = openPacketSocket({ interfaceIndex: LO });
    fc.assert(
      fc.property(fc.array(length, { maxLength: 20 }), lengths => {
        const outcome = sender.sendAll(lengths.map(n => randomBytes(n)));
        assert.ok(
          outcome.sent <= lengths.length &&
            (outcome.sent === lengths.length) === (outcome.error === undefined),
        );
        everything.drain();
        for (const frame of heard.splice(0)) assert.ok(frame.bytes.length <= 65536);
      }),
      { numRuns: 2000 },
    );
    everything.close();
    sender.close();
  });

  it('refuse every wrong argument with an error', () => {
    // What the types forbid is tried: a wrong call must end in an exception, never in the end of the process.
    const socket = openRawSocket({ family: 'ipv4', protocol: PROTOCOL }) as unknown as Methods;
    const packets = openPacketSocket({ interfaceIndex: LO }) as unknown as Methods;
    const timer = createTimer(() => undefined) as unknown as Methods;
    const loose = { sendUnixDatagram, setRoundRobin } as unknown as Methods;
    const Socket = socket.constructor as unknown as new (...args: unknown[]) => Methods;
    const Timer = timer.constructor as unknown as new (...args: unknown[]) => Methods;
    const argument = fc.oneof(
      fc.anything({ withTypedArray: true, withBigInt: true, withDate: true, withNullPrototype: true }),
      fc.constantFrom(
        'ipv4',
        'packet',
        'ttl',
        'lo',
        LOOPBACK,
        new DataView(new ArrayBuffer(4)),
        LO,
        NaN,
        Infinity,
        2 ** 40,
      ),
    );
    const receiver = fc.constantFrom(socket, packets, timer, {}, undefined, null, 7, globalThis);
    const method = fc.constantFrom(
      ...['set', 'bindToDevice', 'bind', 'join', 'start', 'drain', 'send', 'sendAll', 'ref', 'unref'].map(
        name => socket[name]!,
      ),
      ...['set', 'off', 'ref', 'unref'].map(name => timer[name]!),
    );
    const call = (body: () => unknown): void => {
      try {
        body();
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    };
    fc.assert(
      fc.property(method, receiver, fc.array(argument, { maxLength: 5 }), (one, self, args) => {
        call(() => one.apply(self, args));
        call(() => new Socket(...args)['close']?.());
        call(() => new Timer(...args)['close']?.());
        call(() => loose['sendUnixDatagram']?.(...args));
        // Only what is no priority: a test must not become a real-time process.
        if (typeof args[0] !== 'number' || args[0] > 99) call(() => loose['setRoundRobin']?.(...args));
      }),
      { numRuns: 5000 },
    );
    for (const handle of [socket, packets, timer]) handle['close']?.();
  });
});

type Methods = Record<string, (...args: unknown[]) => unknown>;
