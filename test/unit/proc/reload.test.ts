import assert from 'node:assert/strict';
import type { Model } from '../../../src/config/model.js';
import type { Plan } from '../../../src/ipc/messages.js';
import { err, ok, type Result } from '../../../src/lib/result.js';
import { Reload, type Candidate } from '../../../src/proc/reload.js';

const MODEL = { instances: [], services: [] } as unknown as Model;
const PLAN: Plan = {
  instances: [],
  table: { lines: [], checksStarted: [], checksEnded: [], checksKept: 0 },
};

const PROBLEM = {
  severity: 'error',
  file: 'ha.conf',
  line: 7,
  column: 3,
  length: 1,
  message: 'x is wrong',
  hint: null,
  shown: '',
} as const;

describe('proc: reload', () => {
  let said: string[];
  let file: Candidate;
  let prepared: Result<Plan, string>;
  let reload: Reload;
  /** Lets the processes answer. */
  let go: (() => void)[];

  beforeEach(() => {
    said = [];
    go = [];
    prepared = ok(PLAN);
    file = { file: 'ha.conf', model: MODEL, sha256: 'abc', problems: [] };
    reload = new Reload(
      {
        prepare: async () => {
          said.push('prepare');
          await new Promise<void>(resolve => go.push(resolve));
          return prepared;
        },
        commit: (_, config) => {
          said.push(`commit ${config.sha256}`);
          return Promise.resolve([]);
        },
      },
      () => {
        said.push('read');
        return file;
      },
      (_, sentence, fields) =>
        said.push(`${sentence}${fields?.['by'] === undefined ? '' : ` by ${String(fields['by'])}`}`),
    );
  });

  /** Lets processes answer until nobody asks them any more. */
  const answer = <T>(what: Promise<T>): Promise<T> => {
    const answering = setInterval(() => go.shift()?.(), 1);
    return what.finally(() => clearInterval(answering));
  };

  it('reads, has both prepare, and commits', async () => {
    assert.deepEqual((await answer(reload.reload('root'))).plan, PLAN);
    assert.deepEqual(said, ['read', 'prepare', 'commit abc', 'configuration reloaded by root']);
  });

  it('changes nothing when the file has an error', async () => {
    file = { ...file, model: undefined, problems: [PROBLEM] };
    const { ok: done, problems } = await answer(reload.reload('root'));
    assert.deepEqual([done, problems], [false, [PROBLEM]]);
    assert.deepEqual(said, ['read', 'configuration refused, nothing has changed by root']);
  });

  it('changes nothing when a process refuses', async () => {
    prepared = err('there is no IPVS');
    const { ok: done, why } = await answer(reload.reload('root'));
    assert.deepEqual([done, why], [false, 'there is no IPVS']);
    assert.deepEqual(said, ['read', 'prepare', 'configuration refused, nothing has changed by root']);
  });

  it('plans without committing', async () => {
    assert.deepEqual((await answer(reload.plan())).plan, PLAN);
    assert.deepEqual(said, ['read', 'prepare']);
  });

  it('asked for thrice during one, runs once more after it, with the file as it is then', async () => {
    const first = reload.reload('one');
    const waiting = [reload.reload('two'), reload.reload('three'), reload.reload('four')];
    file = { ...file, sha256: 'def' };
    await answer(first);
    await answer(Promise.all(waiting));
    assert.deepEqual(said, [
      ...['read', 'prepare', 'commit abc', 'configuration reloaded by one'],
      ...['read', 'prepare', 'commit def', 'configuration reloaded by two'],
    ]);
    await answer(reload.reload('five'));
    assert.equal(said.filter(s => s === 'read').length, 3);
  });

  it('a plan never comes between what is prepared and what is committed', async () => {
    const first = reload.reload('one');
    const plan = reload.plan();
    await answer(Promise.all([first, plan]));
    assert.deepEqual(said, [
      ...['read', 'prepare', 'commit abc', 'configuration reloaded by one'],
      ...['read', 'prepare'],
    ]);
  });

  it('goes on after a reader that threw', async () => {
    const broken = new Reload(
      { prepare: () => Promise.resolve(prepared), commit: () => Promise.resolve([]) },
      () => {
        if (said.length > 0) return file;
        said.push('threw');
        throw new Error('disk');
      },
      () => undefined,
    );
    await assert.rejects(broken.reload('root'), /disk/);
    assert.equal((await broken.reload('root')).ok, true);
  });
});
