import assert from 'node:assert/strict';
import { announceByArping } from '../../../src/arp/arping.js';
import type { Run } from '../../../src/ports/run.js';

describe('arp: the arping program', () => {
  it("is run once for each address, with the guide's words", async () => {
    const runs: string[] = [];
    const run: Run = (program, args) => {
      runs.push([program, ...args].join(' '));
      return Promise.resolve({ ok: true, words: '' });
    };
    assert.deepEqual(await announceByArping(run, 'eth0', ['10.0.0.13', '10.0.0.14'], 5), []);
    assert.deepEqual(runs, ['arping -q -U -I eth0 -c 5 10.0.0.13', 'arping -q -U -I eth0 -c 5 10.0.0.14']);
  });

  it('is run sixteen times at once, not two hundred', async () => {
    let running = 0;
    let most = 0;
    const run: Run = async () => {
      most = Math.max(most, ++running);
      await new Promise(next => setImmediate(next));
      running--;
      return { ok: true, words: '' };
    };
    await announceByArping(
      run,
      'eth0',
      Array.from({ length: 200 }, (_, i) => `10.0.1.${i}`),
      1,
    );
    assert.equal(most, 16);
  });

  it('says what failed, but not that nobody has answered', async () => {
    const run: Run = (_, args) =>
      Promise.resolve(
        args.includes('10.0.0.13')
          ? { ok: false, words: 'arping: Device eth9 not available.' }
          : { ok: false, words: 'Command failed: arping -q' },
      );
    assert.deepEqual(await announceByArping(run, 'eth9', ['10.0.0.13', '10.0.0.14'], 1), [
      { address: '10.0.0.13', words: 'arping: Device eth9 not available.' },
    ]);
  });
});
