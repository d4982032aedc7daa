import assert from 'node:assert/strict';
import { Announcer } from '../../../src/arp/announcer.js';
import { begin, QUIET, step } from '../../../src/arp/core/burst.js';
import { announceByFrames } from '../../../src/arp/frames.js';
import { announcementIn, arpAnswerIn, arpProbe, gratuitousArp } from '../../../src/arp/wire/arp.js';
import { parseIp } from '../../../src/lib/address.js';
import { instant } from '../../../src/lib/units.js';
import { hex } from '../../fakes/hex.js';
import { VirtualTime } from '../../fakes/virtual-time.js';

const MAC = hex('02 00 00 00 00 0a');
const KEEPALIVED = { repeat: 5, delayMs: 5000, refreshMs: 0, refreshRepeat: 1 };

describe('arp: gratuitous ARP', () => {
  it('is what keepalived sends, bit for bit', () => {
    const captured = hex(`
      ff ff ff ff ff ff  02 00 00 00 00 0a  08 06   # to everybody, from the interface, ARP
      00 01 08 00 06 04                             # Ethernet, IPv4, their lengths
      00 01                                         # a request
      02 00 00 00 00 0a  0a 00 00 64                # sender: the interface, 10.0.0.100
      ff ff ff ff ff ff  0a 00 00 64                # target: nobody, 10.0.0.100
    `);
    assert.deepEqual(gratuitousArp(MAC, parseIp('10.0.0.100')!), captured);
  });

  it('of another machine is understood, as request and as reply', () => {
    const frame = gratuitousArp(MAC, parseIp('10.0.0.100')!);
    const announced = { mac: MAC, address: parseIp('10.0.0.100')! };
    assert.deepEqual(announcementIn(frame), announced);
    frame[21] = 2;
    assert.deepEqual(announcementIn(frame), announced);
  });
  it('is nothing else: no question, no other protocol, no piece of a frame', () => {
    const frame = gratuitousArp(MAC, parseIp('10.0.0.100')!);
    for (let n = 0; n < frame.length; n++) assert.equal(announcementIn(frame.subarray(0, n)), undefined);
    for (const [at, value] of [
      [41, 1],
      [13, 0],
      [15, 6],
      [17, 1],
      [18, 8],
      [19, 16],
      [21, 3],
    ] as const) {
      const other = Uint8Array.from(frame);
      other[at] = value;
      assert.equal(announcementIn(other), undefined);
    }
  });

  it('goes out round by round, all addresses in each', () => {
    const sent: string[] = [];
    const frames = {
      send: () => undefined,
      sendAll: (all: readonly Uint8Array[]) => {
        sent.push(...all.map(f => f.subarray(28, 32).join('.')));
        return undefined;
      },
      close: () => undefined,
    };
    announceByFrames(frames, MAC, [parseIp('10.0.0.1')!, parseIp('10.0.0.2')!], 2);
    assert.deepEqual(sent, ['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.2']);
  });
});

describe('arp: who has it', () => {
  it('is asked by a probe as in RFC 5227, which claims no address', () => {
    const probe = hex(`
      ff ff ff ff ff ff  02 00 00 00 00 0b  08 06
      00 01 08 00 06 04  00 01
      02 00 00 00 00 0b  00 00 00 00                # sender: no address of its own
      00 00 00 00 00 00  0a 00 00 64                # who has 10.0.0.100?
    `);
    assert.deepEqual(arpProbe(hex('02 00 00 00 00 0b'), parseIp('10.0.0.100')!), probe);
    assert.equal(announcementIn(probe), undefined);
    assert.equal(arpAnswerIn(probe), undefined);
  });

  it('is asked by a request as in RFC 826 where we have an address', () => {
    const request = hex(`
      ff ff ff ff ff ff  02 00 00 00 00 0b  08 06  00 01 08 00 06 04  00 01
      02 00 00 00 00 0b  0a 00 00 02
      00 00 00 00 00 00  0a 00 00 64
    `);
    const [own, asked] = [parseIp('10.0.0.2')!, parseIp('10.0.0.100')!];
    assert.deepEqual(arpProbe(hex('02 00 00 00 00 0b'), asked, own), request);
    assert.equal(announcementIn(request), undefined);
  });

  for (const [what, target] of [
    ['a probe', '0.0.0.0'],
    ['a request', '10.0.0.2'],
  ] as const) {
    it(`is answered by Linux after ${what}`, () => {
      const answer = hex(`
        02 00 00 00 00 0b  02 00 00 00 00 0a  08 06  00 01 08 00 06 04  00 02
        02 00 00 00 00 0a  0a 00 00 64               # 10.0.0.100 is at 02:00:00:00:00:0a
        02 00 00 00 00 0b
      `);
      const frame = Uint8Array.from([...answer, ...parseIp(target)!]);
      assert.deepEqual(arpAnswerIn(frame), { mac: MAC, address: parseIp('10.0.0.100')! });
      assert.deepEqual(arpAnswerIn(Uint8Array.from([...frame, ...new Uint8Array(18)])), arpAnswerIn(frame));
      for (let n = 0; n < frame.length; n++) assert.equal(arpAnswerIn(frame.subarray(0, n)), undefined);
      assert.equal(announcementIn(frame), undefined);
    });
  }
});

describe('arp: when announcements are due', () => {
  const at = (s: number) => instant(s * 1000);
  it('five at once, five more after 5 s, and then quiet', () => {
    const first = begin(KEEPALIVED, at(0));
    assert.deepEqual(first, { state: { phase: 'second', at: at(5) }, rounds: 5 });
    assert.deepEqual(step(KEEPALIVED, first.state, at(4.999)), { state: first.state, rounds: 0 });
    assert.deepEqual(step(KEEPALIVED, first.state, at(5)), { state: QUIET, rounds: 5 });
  });
  it('no second block when its delay is 0', () => {
    assert.deepEqual(begin({ ...KEEPALIVED, delayMs: 0 }, at(0)), { state: QUIET, rounds: 5 });
  });
  it('the first refresh comes after the second block, as in keepalived', () => {
    const settings = { ...KEEPALIVED, refreshMs: 60_000, refreshRepeat: 2 };
    const second = step(settings, begin(settings, at(0)).state, at(5));
    assert.deepEqual(second, { state: { phase: 'refresh', at: at(65) }, rounds: 5 });
    assert.deepEqual(step(settings, second.state, at(65)), {
      state: { phase: 'refresh', at: at(125) },
      rounds: 2,
    });
  });

  it('an announcer that was stopped says nothing more', () => {
    const time = new VirtualTime();
    const rounds: number[] = [];
    const announcer = new Announcer(
      KEEPALIVED,
      { announce: n => void rounds.push(n) },
      time,
      () => undefined,
    );
    announcer.begin();
    time.step(instant(1000));
    announcer.stop();
    while (time.step(instant(20_000)));
    assert.deepEqual(rounds, [5]);
  });

  it('an announcer that gets other counts keeps its second block, and begins with refreshes', () => {
    const time = new VirtualTime();
    const sent: string[] = [];
    const announcer = new Announcer(
      KEEPALIVED,
      { announce: n => void sent.push(`${time.now() / 1000} s: ${n}`) },
      time,
      () => undefined,
    );
    announcer.change({ ...KEEPALIVED, repeat: 4 }); // nothing is ours yet
    announcer.begin();
    announcer.change({ repeat: 3, delayMs: 9000, refreshMs: 10_000, refreshRepeat: 2 });
    while (time.step(instant(16_000)));
    announcer.change({ ...KEEPALIVED, refreshMs: 0 });
    while (time.step(instant(60_000)));
    assert.deepEqual(sent, ['0 s: 4', '5 s: 3', '15 s: 2']);
  });

  it('a block that the kernel does not send is reported', () => {
    const refused: string[] = [];
    const announcer = new Announcer(KEEPALIVED, { announce: () => 'ENOBUFS' }, new VirtualTime(), code =>
      refused.push(code),
    );
    announcer.begin();
    assert.deepEqual(refused, ['ENOBUFS']);
  });
});
