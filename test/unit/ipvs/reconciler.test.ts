import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holds } from '../../../src/ipvs/core/apply.js';
import type { IpvsOp } from '../../../src/ipvs/core/diff.js';
import { parseSave, toLine } from '../../../src/ipvs/core/ipvsadm.js';
import type { IpvsTable, ServiceKey } from '../../../src/ipvs/core/table.js';
import { reconcile, type Pass } from '../../../src/ipvs/reconciler.js';
import { FakeIpvs } from '../../fakes/ipvs.js';
import { anyTable, GUIDE_SAVED, table, WEB } from './tables.js';

const [SERVICE, FIRST, SECOND] = GUIDE_SAVED;

const pass = async (kernel: FakeIpvs, desired: IpvsTable, owned: readonly ServiceKey[] = []): Promise<Pass> =>
  reconcile(kernel, { desired, owned: new Set(owned), mayTry: () => true }, parseSave(await kernel.save()));

const refusals = (result: Pass): readonly string[] => result.refused.map(r => `${toLine(r.op)}: ${r.words}`);

interface Known {
  readonly name: string;
  readonly prepare?: (kernel: FakeIpvs) => unknown;
  /** The desired table. */
  readonly lines: readonly string[];
  readonly sent: readonly string[];
  readonly applied: readonly string[];
  readonly refused?: readonly string[];
  /** Looks and glances. */
  readonly cost: readonly [number, number];
}

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

  describe('where the table is known', () => {
    const HEAVY = SECOND.replace('-w 1', '-w 2');
    const EDIT = HEAVY.replace('-a', '-e');
    const known = table(...GUIDE_SAVED);
    const change = (kernel: FakeIpvs, ...lines: readonly string[]): Promise<Pass> =>
      reconcile(kernel, { desired: table(...lines), owned: new Set([WEB]), mayTry: () => true }, known);

    for (const { name, prepare, lines, sent, applied, refused = [], cost } of [
      {
        name: 'a weight costs one batch and a glance',
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT],
        applied: [EDIT],
        cost: [0, 1],
      },
      {
        name: 'what a glance does not show costs a look',
        lines: ['-A -t 10.0.0.13:80 -s wrr -p 70', FIRST, SECOND],
        sent: ['-E -t 10.0.0.13:80 -s wrr -p 70'],
        applied: ['-E -t 10.0.0.13:80 -s wrr -p 70'],
        cost: [1, 0],
      },
      {
        name: 'where there is no /proc/net/ip_vs it costs a look',
        prepare: (kernel: FakeIpvs) => (kernel.glanceable = false),
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT],
        applied: [EDIT],
        cost: [1, 0],
      },
      {
        name: 'nothing to do costs nothing',
        lines: [SERVICE, FIRST, SECOND],
        sent: [],
        applied: [],
        cost: [0, 0],
      },
      {
        name: 'a refused line is heard alone',
        prepare: (kernel: FakeIpvs) => kernel.refuse.set(EDIT, 'Memory allocation problem'),
        lines: [SERVICE, HEAVY],
        sent: [EDIT, '-d -t 10.0.0.13:80 -r 10.0.0.17:80', EDIT],
        applied: ['-d -t 10.0.0.13:80 -r 10.0.0.17:80'],
        refused: [`${EDIT}: Memory allocation problem`],
        cost: [2, 0],
      },
      {
        name: 'a line that is taken without a word and without effect is found',
        prepare: (kernel: FakeIpvs) => kernel.refuse.set(EDIT, ''),
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT, EDIT],
        applied: [],
        refused: [`${EDIT}: ipvsadm said nothing`],
        cost: [2, 1],
      },
      {
        name: 'a server that somebody took out is put back where it was to be changed',
        prepare: (kernel: FakeIpvs) => kernel.byHand('-d -t 10.0.0.13:80 -r 10.0.0.18:80'),
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT, HEAVY],
        applied: [HEAVY],
        cost: [2, 0],
      },
      {
        name: 'a service that somebody took out is put back with all its servers',
        prepare: (kernel: FakeIpvs) => kernel.byHand('-D -t 10.0.0.13:80'),
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT, SERVICE, FIRST, HEAVY],
        applied: [HEAVY, SERVICE, FIRST],
        cost: [2, 0],
      },
      {
        name: 'what somebody did elsewhere is left to the next look',
        prepare: (kernel: FakeIpvs) => kernel.byHand('-d -t 10.0.0.13:80 -r 10.0.0.17:80'),
        lines: [SERVICE, FIRST, HEAVY],
        sent: [EDIT],
        applied: [EDIT],
        cost: [0, 1],
      },
    ] as readonly Known[]) {
      it(name, async () => {
        const kernel = new FakeIpvs(GUIDE_SAVED.join('\n'));
        prepare?.(kernel);
        const result = await change(kernel, ...lines);
        assert.deepEqual(kernel.lines, sent);
        assert.deepEqual(result.applied.map(toLine), applied);
        assert.deepEqual([refusals(result), result.missing.length], [refused, refused.length]);
        assert.deepEqual([kernel.saves, kernel.glances], cost);
        assert.equal(result.looked, kernel.saves > 0);
      });
    }

    it('what was found in the place of a line is told as it was then', async () => {
      const kernel = new FakeIpvs(GUIDE_SAVED.join('\n'));
      kernel.byHand('-D -t 10.0.0.13:80');
      assert.equal((await change(kernel, SERVICE, FIRST, HEAVY)).before.size, 0);
    });

    it('it comes to the same as with a look, whoever else was at work', () =>
      fc.assert(
        fc.asyncProperty(anyTable, anyTable, anyTable, async (before, other, wish) => {
          const desired = sane(wish);
          const kernel = new FakeIpvs();
          await pass(kernel, sane(other));
          const owned = new Set([...before.keys(), ...other.keys()]);
          const aim = { desired, owned, mayTry: () => true };
          const first = await reconcile(kernel, aim, sane(before));
          const after = parseSave(await kernel.save());
          for (const op of first.applied) assert.ok(holds(op, after), toLine(op));
          assert.deepEqual(first.refused, []);
          await pass(kernel, desired, [...owned]);
          assert.deepEqual(parseSave(await kernel.save()), desired);
        }),
      ));
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
    const aim = {
      desired: table(...GUIDE_SAVED),
      owned: new Set<ServiceKey>(),
      mayTry: (op: IpvsOp) => toLine(op) !== SECOND,
    };
    const result = await reconcile(kernel, aim, new Map());
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
