import assert from 'node:assert/strict';
import { IDLE, pace, PACE, type PacerEvent } from '../../../src/ipvs/pacer.js';
import { instant } from '../../../src/lib/units.js';

interface Row {
  readonly name: string;
  /** Events at milliseconds; the alarm is not played by itself. */
  readonly story: readonly (readonly [at: number, event: PacerEvent])[];
  /** What was to be done, when. */
  readonly acts: readonly string[];
  readonly dueAt: number | null;
}

const rows: readonly Row[] = [
  {
    name: 'the first change starts a pass at once, which looks',
    story: [[10, 'changed']],
    acts: ['10 look'],
    dueAt: null,
  },
  {
    name: 'where the table has just been seen, the first change needs no look',
    story: [
      [10, 'looked'],
      [10, 'changed'],
    ],
    acts: ['10 change'],
    dueAt: null,
  },
  {
    name: 'a tick before anything was asked for does nothing',
    story: [[10, 'tick']],
    acts: [],
    dueAt: null,
  },
  {
    name: 'one pass at a time: what comes meanwhile is done 50 ms after it',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [1, 'changed'],
      [2, 'changed'],
      [20, 'done'],
      [70, 'tick'],
    ],
    acts: ['0 change', '70 change'],
    dueAt: null,
  },
  {
    name: 'a pass that nothing changed under is followed by a look, 5 s after the last',
    story: [
      [0, 'looked'],
      [1000, 'changed'],
      [1020, 'done'],
      [5000, 'tick'],
    ],
    acts: ['1000 change', '5000 look'],
    dueAt: null,
  },
  {
    name: 'a look at the end of a pass counts as well',
    story: [
      [0, 'looked'],
      [1000, 'changed'],
      [1020, 'looked'],
      [1020, 'done'],
    ],
    acts: ['1000 change'],
    dueAt: 6020,
  },
  {
    name: 'a change right after a pass waits for its 50 ms',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'done'],
      [30, 'changed'],
      [60, 'tick'],
      [70, 'tick'],
    ],
    acts: ['0 change', '70 change'],
    dueAt: null,
  },
  {
    name: 'a change long after a pass starts at once',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'done'],
      [1000, 'changed'],
    ],
    acts: ['0 change', '1000 change'],
    dueAt: null,
  },
  {
    name: 'an early alarm starts nothing',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'done'],
      [4999, 'tick'],
    ],
    acts: ['0 change'],
    dueAt: 5000,
  },
  {
    name: 'a change breaks a look off, and the look is made up for after it',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'done'],
      [5000, 'tick'],
      [5100, 'changed'],
      [5101, 'gave way'],
      [5150, 'done'],
      [5200, 'tick'],
    ],
    acts: ['0 change', '5000 look', '5100 give way', '5101 change', '5200 look'],
    dueAt: null,
  },
  {
    name: 'a look that is done before it hears that it should give way is as good',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'done'],
      [5000, 'tick'],
      [5100, 'changed'],
      [5100, 'looked'],
      [5150, 'done'],
      [5200, 'tick'],
    ],
    acts: ['0 change', '5000 look', '5100 give way', '5200 change'],
    dueAt: null,
  },
  {
    name: 'changes without end put a look off by 5 s and no more',
    story: [
      [0, 'looked'],
      [9000, 'changed'],
      [9950, 'changed'],
      [9970, 'done'],
      [10_020, 'tick'],
      [10_030, 'changed'],
      [10_200, 'looked'],
      [10_200, 'done'],
      [10_250, 'tick'],
    ],
    acts: ['9000 change', '10020 look', '10250 change'],
    dueAt: null,
  },
  {
    name: 'after an error even a change waits, and nothing that was seen counts any more',
    story: [
      [0, 'looked'],
      [0, 'changed'],
      [20, 'failed'],
      [100, 'changed'],
      [520, 'tick'],
    ],
    acts: ['0 change', '520 look'],
    dueAt: null,
  },
  {
    name: 'each further error doubles the wait',
    story: [
      [0, 'changed'],
      [0, 'failed'],
      [500, 'tick'],
      [500, 'failed'],
      [1500, 'tick'],
      [1500, 'failed'],
    ],
    acts: ['0 look', '500 look', '1500 look'],
    dueAt: 3500,
  },
  {
    name: 'a good pass forgets the errors',
    story: [
      [0, 'changed'],
      [0, 'failed'],
      [500, 'tick'],
      [600, 'looked'],
      [600, 'done'],
      [700, 'changed'],
    ],
    acts: ['0 look', '500 look', '700 change'],
    dueAt: null,
  },
];

describe('ipvs pacer', () => {
  for (const row of rows) {
    it(row.name, () => {
      let state = IDLE;
      const acts: string[] = [];
      for (const [at, event] of row.story) {
        const next = pace(PACE, state, event, instant(at));
        state = next.state;
        if (next.act !== null) acts.push(`${at} ${next.act}`);
      }
      assert.deepEqual(acts, row.acts);
      assert.equal(state.dueAt, row.dueAt);
    });
  }

  it('waits 30 s at most', () => {
    let state = pace(PACE, IDLE, 'changed', instant(0)).state;
    for (let i = 0; i < 40; i++) state = pace(PACE, state, 'failed', instant(0)).state;
    assert.equal(state.dueAt, 30_000);
  });
});
