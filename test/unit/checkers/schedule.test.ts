import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Agenda, firstAt } from '../../../src/checkers/core/schedule.js';
import { instant } from '../../../src/lib/units.js';

describe('schedule of checks', () => {
  it('takes out what is due, the earliest first, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, now) => {
        const agenda = new Agenda<number>();
        for (const at of times) agenda.add(at, instant(at));
        const sorted = [...times].sort((a, b) => a - b);
        assert.equal(agenda.nextAt, sorted[0]);
        assert.deepEqual(
          agenda.takeDue(instant(now)),
          sorted.filter(at => at <= now),
        );
        assert.deepEqual(
          agenda.takeDue(instant(1000)),
          sorted.filter(at => at > now),
        );
        assert.equal(agenda.nextAt, undefined);
      }),
    );
  });

  it('forgets what is not to be kept, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, least) => {
        const agenda = new Agenda<number>();
        for (const at of times) agenda.add(at, instant(at));
        agenda.keep(at => at >= least);
        agenda.add(50, instant(50));
        assert.deepEqual(
          agenda.takeDue(instant(1000)),
          [...times.filter(at => at >= least), 50].sort((a, b) => a - b),
        );
      }),
    );
  });

  it('spreads first tries over the warmup, the same in every run', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `tcp 10.0.0.13:80 10.0.${i >> 8}.${i & 255}:80 0`);
    const tenths = new Array<number>(10).fill(0);
    for (const name of names) {
      const at = firstAt(name, 6000, instant(500));
      assert.ok(at >= 500 && at < 6500);
      assert.equal(firstAt(name, 6000, instant(500)), at);
      const tenth = Math.floor((at - 500) / 600);
      tenths[tenth] = tenths[tenth]! + 1;
    }
    assert.ok(Math.min(...tenths) > 50 && Math.max(...tenths) < 160, tenths.join(' '));
  });

  it('starts at once without a warmup', () => assert.equal(firstAt('any', 0, instant(7)), 7));
});
