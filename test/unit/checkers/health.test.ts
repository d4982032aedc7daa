import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  nextDelay,
  observe,
  together,
  UNKNOWN,
  type Health,
  type Verdict,
} from '../../../src/checkers/core/health.js';

const rule = (retry: number) => ({ retry, delayBeforeRetryMs: 3000, delayLoopMs: 6000 });

/** Plays `+` and `-` results; one letter for the verdict after each: u, D; lower-case r where a retry comes next. */
function play(
  retry: number,
  results: string,
): { readonly verdicts: string; readonly delays: readonly number[] } {
  let health: Health = UNKNOWN;
  let verdicts = '';
  const delays: number[] = [];
  for (const result of results) {
    health = observe(rule(retry), health, result === '+');
    verdicts += { UP: 'u', DOWN: 'D', UNKNOWN: '?' }[health.verdict];
    delays.push(nextDelay(rule(retry), health) / 1000);
  }
  return { verdicts, delays };
}

describe('health of a check', () => {
  for (const [name, retry, results, verdicts, delays] of [
    ['the first failure decides at once', 3, '-', 'D', [6]],
    ['the first success decides at once', 3, '+', 'u', [6]],
    [
      'an up server has retry + 1 tries, the further ones after delay_before_retry',
      3,
      '+----',
      'uuuuD',
      [6, 3, 3, 3, 6],
    ],
    ['a success in between starts the count again', 1, '+-+-+--', 'uuuuuuD', [6, 3, 6, 3, 6, 3, 6]],
    ['without retry one failure is enough', 0, '+-', 'uD', [6, 6]],
    ['a down server comes back with one success', 3, '-+', 'Du', [6, 6]],
    ['a down server is not retried sooner', 3, '--', 'DD', [6, 6]],
  ] as const) {
    it(name, () => assert.deepEqual(play(retry, results), { verdicts, delays }));
  }

  it('is down exactly when the first result failed or retry + 1 in a row did, with no success since', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.array(fc.constantFrom('+', '-'), { minLength: 1 }), (retry, results) => {
        const text = results.join('');
        const lastUp = text.lastIndexOf('+');
        const down = lastUp < 0 || text.length - 1 - lastUp > retry;
        assert.equal(play(retry, text).verdicts.at(-1), down ? 'D' : 'u');
      }),
    );
  });
});

describe('health of a server', () => {
  for (const [name, checks, verdict] of [
    ['without checks it is up', [], 'UP'],
    ['all up makes it up', ['UP', 'UP'], 'UP'],
    ['one down is enough', ['UP', 'DOWN', 'UNKNOWN'], 'DOWN'],
    ['one that has not spoken leaves it unknown', ['UP', 'UNKNOWN'], 'UNKNOWN'],
  ] as const satisfies readonly (readonly [string, readonly Verdict[], Verdict])[]) {
    it(name, () => assert.equal(together(checks), verdict));
  }
});
