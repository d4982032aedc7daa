import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toLine } from '../../../src/ipvs/core/ipvsadm.js';
import type { IpvsTable, ServiceKey } from '../../../src/ipvs/core/table.js';
import { reconcile, type Pass } from '../../../src/ipvs/reconciler.js';
import { FakeIpvs } from '../../fakes/ipvs.js';
import { anyTable, GUIDE_SAVED, table, WEB } from './tables.js';

const [SERVICE, FIRST, SECOND] = GUIDE_SAVED;

const pass = (kernel: FakeIpvs, desired: IpvsTable, owned: readonly ServiceKey[] = []): Promise<Pass> =>
  reconcile(kernel, { desired, owned: new Set(owned), mayTry: () => true });

const refusals = (result: Pass): readonly string[] => result.refused.map(r => `${toLine(r.op)}: ${r.words}`);

describe('ipvs reconcile', () => {
  it('fills an empty kernel with one batch and looks twice', async () => {
    const kernel = new FakeIpvs();
    const result = await pass(kernel, table(...GUIDE_SAVED));
    assert.deepEqual(kernel.lines, GUIDE_SAVED);
    assert.deepEqual([kernel.batches, kernel.saves], [[3], 2]);
    assert.deepEqual([result.applied.length, result.refused, result.missing], [3, [], []]);
  });

  it('says nothing to a kernel that agrees, and looks once', async () => {
    const kernel = new FakeIpvs(GUIDE_SAVED.join('\n'));
    assert.deepEqual((await pass(kernel, table(...GUIDE_SAVED))).applied, []);
    assert.deepEqual([kernel.batches, kernel.saves], [[], 1]);
  });

  it('tells what the kernel refused in its words, whatever the exit status was', async () => {
    const kernel = new FakeIpvs();
    kernel.refuse.set(FIRST, 'Memory allocation problem');
    const result = await pass(kernel, table(...GUIDE_SAVED));
    assert.deepEqual(refusals(result), [`${FIRST}: Memory allocation problem`]);
    assert.deepEqual(result.applied.map(toLine), [SERVICE, SECOND]);
    assert.deepEqual([...result.after.get(WEB)!.servers.keys()], ['10.0.0.18:80']);
  });

  it('does what stands behind a line that ends the batch', async () => {
    const kernel = new FakeIpvs();
    const result = await pass(kernel, table('-A -t 10.0.0.9:0 -s rr', ...GUIDE_SAVED));
    assert.deepEqual(refusals(result), [
      '-A -t 10.0.0.9:0 -s rr: Zero port specified for non-persistent service',
    ]);
    assert.deepEqual(result.applied.map(toLine), GUIDE_SAVED);
    assert.deepEqual(kernel.batches, [4, 1, 3], 'the culprit alone, then the rest together');
  });

  it('does not try the servers of a service that was refused, and counts them as refused', async () => {
    const kernel = new FakeIpvs();
    const bad = ['-A -t 10.0.0.9:80 -s nosuch', '-a -t 10.0.0.9:80 -r 10.0.0.1:80 -g -w 1'];
    const result = await pass(kernel, table(...bad, ...GUIDE_SAVED));
    assert.deepEqual(
      refusals(result),
      bad.map(line => `${line}: Scheduler or persistence engine not found`),
    );
    assert.deepEqual(result.applied.map(toLine), GUIDE_SAVED);
  });

  it('counts a line that was taken when it was tried again as applied', async () => {
    const kernel = new FakeIpvs();
    kernel.refuse.set(FIRST, 'Memory allocation problem');
    const restore = kernel.restore.bind(kernel);
    kernel.restore = async batch => {
      const said = await restore(batch);
      kernel.refuse.clear();
      return said;
    };
    const result = await pass(kernel, table(...GUIDE_SAVED));
    assert.deepEqual([refusals(result), result.applied.length], [[], 3]);
  });

  it('ends also when everything is refused, and says the rest in a lump', async () => {
    const kernel = new FakeIpvs();
    const lines = Array.from({ length: 100 }, (_, i) => `-A -t 10.0.1.${i}:80 -s nosuch`);
    const result = await pass(kernel, table(...lines));
    assert.equal(result.refused.length, 100);
    assert.ok(kernel.batches.length <= 20, `${kernel.batches.length} runs of ipvsadm`);
  });

  it('holds back what may not be tried, and says that it is missing', async () => {
    const kernel = new FakeIpvs();
    const result = await reconcile(kernel, {
      desired: table(...GUIDE_SAVED),
      owned: new Set(),
      mayTry: op => toLine(op) !== SECOND,
    });
    assert.deepEqual(kernel.lines, [SERVICE, FIRST]);
    assert.deepEqual([result.missing.map(toLine), result.refused], [[SECOND], []]);
  });

  it('brings any table to any other that ipvsadm can hold, and the second pass has nothing to do', () =>
    fc.assert(
      fc.asyncProperty(anyTable, anyTable, async (start, wish) => {
        const desired = sane(wish);
        const kernel = new FakeIpvs();
        await pass(kernel, sane(start));
        const owned = [...kernel.table.keys()];
        const result = await pass(kernel, desired, owned);
        assert.deepEqual([result.refused, result.missing], [[], []]);
        assert.deepEqual((await pass(kernel, desired, owned)).applied, []);
      }),
    ));
});

/** Without what holdfast never writes: options of others, and direct servers on a port of their own. */
const sane = (wish: IpvsTable): IpvsTable =>
  new Map(
    [...wish].map(([key, service]) => [
      key,
      {
        ...service,
        extra: '',
        servers: new Map(
          [...service.servers].map(([name, entry]) => [
            name,
            { ...entry, forward: '-m' as const, extra: '' },
          ]),
        ),
      },
    ]),
  );
