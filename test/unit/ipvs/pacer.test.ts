import assert from 'node:assert/strict';
import { IDLE, pace, PACE, type PacerEvent } from '../../../src/ipvs/pacer.js';
import { instant } from '../../../src/lib/units.js';

interface Row {
  readonly name: string;
  /** Events at milliseconds; the alarm is not played by itself. */
  readonly story: readonly (readonly [at: number, event: PacerEvent])[];
  /** When passes started. */
  readonly starts: readonly number[];
  readonly dueAt: number | null;
}

const rows: readonly Row[] = [
  { name: 'the first change starts a pass at once', story: [[10, 'changed']], starts: [10], dueAt: null },
  {
    name: 'a tick before anything was asked for does nothing',
    story: [[10, 'tick']],
    starts: [],
    dueAt: null,
  },
  {
    name: 'one pass at a time: what comes meanwhile is done 50 ms after it',
    story: [
      [0, 'changed'],
      [1, 'changed'],
      [2, 'changed'],
      [20, 'done'],
    ],
    starts: [0],
    dueAt: 70,
  },
  {
    name: 'a pass that nothing changed under is followed by a look after 5 s',
    story: [
      [0, 'changed'],
      [20, 'done'],
    ],
    starts: [0],
    dueAt: 5020,
  },
  {
    name: 'a change right after a pass waits for its 50 ms',
    story: [
      [0, 'changed'],
      [20, 'done'],
      [30, 'changed'],
      [60, 'tick'],
      [70, 'tick'],
    ],
    starts: [0, 70],
    dueAt: null,
  },
  {
    name: 'a change long after a pass starts at once',
    story: [
      [0, 'changed'],
      [20, 'done'],
      [1000, 'changed'],
    ],
    starts: [0, 1000],
    dueAt: null,
  },
  {
    name: 'an early alarm starts nothing',
    story: [
      [0, 'changed'],
      [20, 'done'],
      [5019, 'tick'],
    ],
    starts: [0],
    dueAt: 5020,
  },
  {
    name: 'after an error even a change waits',
    story: [
      [0, 'changed'],
      [20, 'failed'],
      [100, 'changed'],
    ],
    starts: [0],
    dueAt: 520,
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
    starts: [0, 500, 1500],
    dueAt: 3500,
  },
  {
    name: 'a good pass forgets the errors',
    story: [
      [0, 'changed'],
      [0, 'failed'],
      [500, 'tick'],
      [600, 'done'],
      [700, 'changed'],
    ],
    starts: [0, 500, 700],
    dueAt: null,
  },
];

describe('ipvs pacer', () => {
  for (const row of rows) {
    it(row.name, () => {
      let state = IDLE;
      const starts: number[] = [];
      for (const [at, event] of row.story) {
        const next = pace(PACE, state, event, instant(at));
        state = next.state;
        if (next.start) starts.push(at);
      }
      assert.deepEqual(starts, row.starts);
      assert.equal(state.dueAt, row.dueAt);
    });
  }

  it('waits 30 s at most', () => {
    let state = pace(PACE, IDLE, 'changed', instant(0)).state;
    for (let i = 0; i < 40; i++) state = pace(PACE, state, 'failed', instant(0)).state;
    assert.equal(state.dueAt, 30_000);
  });
});
