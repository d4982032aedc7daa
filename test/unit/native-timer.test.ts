import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { MonotonicClock } from '../../src/io/clock.js';
import { createTimer, now } from '../../src/io/native.js';
import { after, between, instant, millis } from '../../src/lib/units.js';
import type { Alarm } from '../../src/ports/clock.js';

/** Holds the loop up. */
const stall = (ms: number): void => {
  for (const end = now() + ms; now() < end;);
};

describe('the monotonic clock', () => {
  const clock = new MonotonicClock();
  const open: Alarm[] = [];
  const alarm = (ring: () => void): Alarm => {
    const made = clock.alarm(ring);
    open.push(made);
    return made;
  };
  const inMillis = (length: number) => after(clock.now(), millis(length));

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it('is CLOCK_MONOTONIC', () => {
    const before = Number(process.hrtime.bigint()) / 1e6;
    const between = clock.now();
    assert.ok(before <= between && between <= Number(process.hrtime.bigint()) / 1e6);
  });

  it('never rings early, and rings in the order of the deadlines', async () => {
    const start = clock.now();
    const rung: number[] = [];
    // 200 deadlines 37 µs apart and more, set in a scrambled order.
    const deadlines = Array.from({ length: 200 }, (_, i) => after(start, millis(20 + i * 0.737)));
    await Promise.all(
      deadlines.map(
        (_, i) =>
          new Promise<void>(done => {
            const at = deadlines[(i * 77) % 200]!;
            alarm(() => {
              assert.ok(clock.now() >= at, `${clock.now()} is before ${at}`);
              rung.push(at);
              done();
            }).set(at);
          }),
      ),
    );
    assert.equal(rung.length, 200);
    // The kernel reports deadlines that ran out together in an order of its own; apart they come in theirs.
    for (const [i, at] of rung.entries()) assert.ok(at > Math.max(0, ...rung.slice(0, i)) - 50);
  });

  it('is late by little', async () => {
    const late: number[] = [];
    for (let i = 0; i < 50; i++) {
      const at = inMillis(2.5);
      await new Promise<void>(done => alarm(done).set(at));
      late.push(between(at, clock.now()));
    }
    late.sort((a, b) => a - b);
    assert.ok(late[0]! >= 0);
    assert.ok(late[25]! < 2, `the median is ${late[25]} ms late`);
  });

  it('rings at once for what is past, zero and less included', async () => {
    for (const at of [inMillis(-1000), instant(0), instant(-5)]) {
      await new Promise<void>(done => alarm(done).set(at));
    }
  });

  it('rings once for a deadline that was moved, at the last of them', async () => {
    const times: number[] = [];
    const moved = alarm(() => times.push(clock.now()));
    moved.set(inMillis(5));
    moved.set(inMillis(60));
    const last = inMillis(20);
    moved.set(last);
    await sleep(90);
    assert.equal(times.length, 1);
    assert.ok(times[0]! >= last);
  });

  it('does not ring when it was called off or set anew after the time, but before the loop came round', async () => {
    let rung = 0;
    const off = alarm(() => rung++);
    const moved = alarm(() => rung++);
    const closed = alarm(() => rung++);
    for (const one of [off, moved, closed]) one.set(inMillis(1));
    stall(5);
    off.off();
    moved.set(inMillis(10_000));
    closed.close();
    await sleep(30);
    assert.equal(rung, 0);
  });

  it('holds to what one ring says about another of the same turn', async () => {
    const rung: string[] = [];
    const a: Alarm = alarm(() => {
      rung.push('a');
      b.off();
    });
    const b: Alarm = alarm(() => {
      rung.push('b');
      a.close();
    });
    a.set(inMillis(1));
    b.set(inMillis(1));
    stall(5);
    await sleep(20);
    assert.equal(rung.length, 1);
  });

  it('can be set from its own ring, and closed', async () => {
    let count = 0;
    await new Promise<void>(done => {
      const again = alarm(() => {
        count++;
        if (count < 100) again.set(clock.now());
        else {
          again.close();
          done();
        }
      });
      again.set(clock.now());
    });
    await sleep(5);
    assert.equal(count, 100);
  });

  it('closes twice and is off after, but refuses to be set', () => {
    const closed = alarm(() => assert.fail('it rang'));
    closed.close();
    closed.close();
    closed.off();
    assert.throws(() => closed.set(inMillis(1)), { code: 'EBADF', syscall: 'timerfd_settime', errno: -9 });
  });

  it('refuses what is no time, and takes what is very far', () => {
    const one = alarm(() => assert.fail('it rang'));
    assert.throws(() => one.set(instant(NaN)), TypeError);
    one.set(instant(Infinity));
    one.set(instant(Number.MAX_VALUE));
  });

  it('keeps the loop alive only while it is set, and not when unref’ed', () => {
    const alive = (): number => process.getActiveResourcesInfo().length;
    const before = alive();
    const timer = createTimer(() => undefined);
    open.push({ set: () => undefined, off: () => timer.off(), close: () => timer.close() });
    timer.unref();
    timer.set((now() + 10) * 1000);
    timer.ref();
    timer.off();
    assert.equal(alive(), before);
  });
});
