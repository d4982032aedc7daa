import assert from 'node:assert/strict';
import fc from 'fast-check';
import { instant } from '../../../src/lib/units.js';
import type { ScriptEnd } from '../../../src/ports/script.js';
import { isWell, judge, unjudged } from '../../../src/scripts/core/judgement.js';
import type { VrrpScript } from '../../../src/scripts/script.js';
import { ScriptTracker } from '../../../src/scripts/tracker.js';
import { VirtualTime } from '../../fakes/virtual-time.js';

const GOOD: ScriptEnd = { how: 'exited', code: 0 };
const BAD: ScriptEnd = { how: 'exited', code: 1 };

const script = (change: Partial<VrrpScript> = {}): VrrpScript => ({
  name: 'chk',
  command: { argv: ['/bin/true'], user: null, group: null, isSecure: false },
  intervalMs: 2000,
  timeoutMs: 2000,
  rise: 1,
  fall: 1,
  initFail: false,
  ...change,
});

/** How it stands after each run: W well, F failed. @param runs + went well, - badly */
const standings = (change: Partial<VrrpScript>, runs: string): string => {
  const counts = script(change);
  let judgement = unjudged(counts);
  return runs
    .split('')
    .map(run => {
      judgement = judge(counts, judgement, run === '+');
      return isWell(counts, judgement) ? 'W' : 'F';
    })
    .join('');
};

describe('scripts: what runs say', () => {
  for (const [name, change, runs, then] of [
    ['the first run decides, when it goes well', { rise: 3, fall: 3 }, '+', 'W'],
    ['and when it goes badly', { rise: 3, fall: 3 }, '-', 'F'],
    ['it takes fall bad runs to fail', { rise: 2, fall: 3 }, '+---', 'WWWF'],
    ['and rise good ones to be well', { rise: 3, fall: 2 }, '-+++', 'FFFW'],
    ['a good run between makes all bad ones forgotten', { rise: 1, fall: 3 }, '+--+--+', 'WWWWWWW'],
    ['a bad one makes all good ones forgotten', { rise: 3, fall: 1 }, '-++-++-', 'FFFFFFF'],
    [
      'with init_fail it takes rise good runs from the start',
      { rise: 2, fall: 2, initFail: true },
      '++',
      'FW',
    ],
  ] as const) {
    it(name, () => assert.equal(standings(change, runs), then));
  }

  it('never changes its mind sooner than rise and fall say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('+', '-'), { maxLength: 60 }),
        (rise, fall, runs) => {
          const then = standings({ rise, fall }, runs.join(''));
          for (let i = 1; i < then.length; i++) {
            if (then[i] === then[i - 1]) continue;
            const needed = then[i] === 'W' ? rise : fall;
            const wanted = then[i] === 'W' ? '+' : '-';
            assert.equal(runs.slice(Math.max(0, i - needed + 1), i + 1).join(''), wanted.repeat(needed));
          }
        },
      ),
    );
  });
});

describe('scripts: one that is run again and again', () => {
  let time: VirtualTime;
  let ends: ((end: ScriptEnd) => void)[];
  let said: string[];
  let tracker: ScriptTracker;

  const begin = (change: Partial<VrrpScript> = {}): void => {
    time = new VirtualTime();
    ends = [];
    said = [];
    tracker = new ScriptTracker(
      script(change),
      { run: () => new Promise(resolve => ends.push(resolve)) },
      time,
      (_, sentence, fields) => said.push(`${sentence}: ${String(fields?.['reason'])}`),
      standing => said.push(standing),
    );
    tracker.start();
  };
  const end = async (how: ScriptEnd): Promise<void> => {
    ends.at(-1)?.(how);
    await new Promise(setImmediate);
  };
  const until = (ms: number): void => {
    while (time.step(instant(ms)));
  };

  it('runs at once, and then every interval', async () => {
    begin();
    assert.equal(tracker.standing, 'unknown');
    await end(GOOD);
    assert.deepEqual(said, ['script is well: exit status 0', 'well']);
    until(1999);
    assert.equal(ends.length, 1);
    until(2001);
    assert.equal(ends.length, 2);
    await end(BAD);
    assert.deepEqual(said.slice(2), ['script has failed: exit status 1', 'failed']);
  });

  it('is not run while it runs', async () => {
    begin();
    until(7000);
    assert.equal(ends.length, 1);
    await end({ how: 'late' });
    assert.deepEqual(said, ['script has failed: took too long', 'failed']);
    until(8001);
    assert.equal(ends.length, 2);
  });

  it('decides nothing while it cannot be started, which is said once, and counts as soon as it can', async () => {
    begin();
    for (const ms of [1, 2001, 4001]) {
      until(ms);
      await end({ how: 'refused', why: 'there is no user nobody2' });
    }
    assert.equal(tracker.standing, 'missing');
    assert.deepEqual(said, ['script cannot be run and decides nothing: there is no user nobody2', 'missing']);
    until(6001);
    await end(BAD);
    assert.equal(tracker.standing, 'failed');
  });

  it('has failed when it can no longer be started, and when it is killed', async () => {
    begin();
    await end(GOOD);
    until(2001);
    await end({ how: 'refused', why: 'ENOENT' });
    assert.equal(tracker.standing, 'failed');
    begin();
    await end({ how: 'killed', signal: 'SIGSEGV' });
    assert.deepEqual(said, ['script has failed: ended by SIGSEGV', 'failed']);
  });

  it('counts for nothing once it is closed', async () => {
    begin();
    tracker.close();
    await end(GOOD);
    assert.deepEqual(said, []);
  });
});
