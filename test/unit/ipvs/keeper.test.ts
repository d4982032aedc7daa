import assert from 'node:assert/strict';
import type { IpvsTable } from '../../../src/ipvs/core/table.js';
import { TableKeeper } from '../../../src/ipvs/keeper.js';
import { millis } from '../../../src/lib/units.js';
import { IpvsUnavailable } from '../../../src/ports/ipvs.js';
import { FakeIpvs } from '../../fakes/ipvs.js';
import { ManualClock } from '../../fakes/manual-clock.js';
import { FakeOwned } from '../../fakes/owned.js';
import { GUIDE_SAVED, table } from './tables.js';

const [SERVICE, FIRST, SECOND] = GUIDE_SAVED;
const FOREIGN = ['-A -t 10.9.9.9:80 -s rr', '-a -t 10.9.9.9:80 -r 10.0.0.1:80 -m -w 1'];

class Bench {
  readonly clock = new ManualClock();
  readonly said: string[] = [];
  desired: IpvsTable = table(...GUIDE_SAVED);
  readonly keeper: TableKeeper;

  constructor(
    readonly kernel = new FakeIpvs(),
    readonly owned = new FakeOwned(),
  ) {
    this.keeper = new TableKeeper({
      ipvs: kernel,
      owned,
      clock: this.clock,
      log: (_, sentence, fields = {}) => this.said.push([sentence, ...Object.values(fields)].join(' | ')),
      wall: () => '2026-01-01T00:00:00.000Z',
    });
  }

  /** Keeps, and lets `ms` go by. */
  async keep(ms = 10): Promise<this> {
    void this.keeper.keep(() => this.desired, await this.keeper.look());
    return this.pass(ms);
  }

  async pass(ms: number): Promise<this> {
    await this.clock.advance(millis(ms));
    return this;
  }

  /** From now on ipvsadm takes no batch before the latch is opened. */
  hang(): Latch {
    const latch = new Latch();
    const restore = this.kernel.restore.bind(this.kernel);
    this.kernel.restore = async batch => {
      await latch.opened();
      return restore(batch);
    };
    return latch;
  }

  /** What was said since the last time. */
  heard(): readonly string[] {
    return this.said.splice(0);
  }
}

/** Holds up whoever comes to it, until it is opened or the visitor is called off. */
class Latch {
  readonly #opened: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.#opened = new Promise(resolve => (this.open = resolve));
  }

  opened(breakOff?: AbortSignal): Promise<void> {
    const calledOff = new Promise<void>((_, reject) =>
      breakOff?.addEventListener('abort', () => reject(new Error('broken off'))),
    );
    return Promise.race([this.#opened, calledOff]);
  }
}

interface Told {
  readonly name: string;
  readonly before?: (bench: Bench) => unknown;
  readonly ms: number;
  readonly done: boolean;
}

describe('ipvs keeper', () => {
  it('fills an empty table at once and says so in one line', async () => {
    const b = await new Bench().keep();
    assert.deepEqual(b.kernel.table, table(...GUIDE_SAVED));
    assert.deepEqual(b.heard(), [`ipvs table changed | 3 | ${GUIDE_SAVED.join('; ')}`]);
    assert.deepEqual([b.keeper.inSync, b.keeper.checkedAt], [true, '2026-01-01T00:00:00.000Z']);
  });

  it('writes down what is ours before the first line reaches the kernel', async () => {
    const owned = new FakeOwned();
    const kernel = new FakeIpvs();
    owned.onWrite = () => assert.deepEqual(kernel.lines, []);
    await new Bench(kernel, owned).keep();
    assert.deepEqual(owned.writes, [['-t 10.0.0.13:80']]);
  });

  it('takes a service over that was there before, as keepalived does', async () => {
    const b = await new Bench(new FakeIpvs([SERVICE, FIRST].join('\n'))).keep();
    assert.deepEqual(b.kernel.lines, [SECOND]);
    assert.deepEqual(b.owned.read(), ['-t 10.0.0.13:80']);
  });

  it('removes what an earlier life has left, and forgets it when it is gone', async () => {
    const owned = new FakeOwned(['-t 10.9.9.9:80']);
    const b = await new Bench(new FakeIpvs(FOREIGN.join('\n')), owned).keep();
    assert.deepEqual(b.kernel.table, table(...GUIDE_SAVED));
    assert.deepEqual(owned.read(), ['-t 10.0.0.13:80']);
  });

  for (const { name, hands, found, lines } of [
    {
      name: 'a deleted server',
      hands: ['-d -t 10.0.0.13:80 -r 10.0.0.17:80'],
      found: ['nothing'],
      lines: [FIRST],
    },
    {
      name: 'a changed weight',
      hands: ['-e -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 7'],
      found: ['-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 7'],
      lines: ['-e -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1'],
    },
    {
      name: 'a changed scheduler',
      hands: ['-E -t 10.0.0.13:80 -s rr'],
      found: ['-A -t 10.0.0.13:80 -s rr'],
      lines: ['-E -t 10.0.0.13:80 -s wrr -p 50'],
    },
    {
      name: 'a server that nobody asked for',
      hands: ['-a -t 10.0.0.13:80 -r 10.0.0.66:80 -g -w 1'],
      found: ['-a -t 10.0.0.13:80 -r 10.0.0.66:80 -g -w 1'],
      lines: ['-d -t 10.0.0.13:80 -r 10.0.0.66:80'],
    },
    {
      name: 'a deleted service',
      hands: ['-D -t 10.0.0.13:80'],
      found: ['nothing', 'nothing', 'nothing'],
      lines: GUIDE_SAVED,
    },
  ]) {
    it(`repairs ${name} within 5 s, and says what it found`, async () => {
      const b = await new Bench().keep();
      b.heard();
      b.kernel.byHand(...hands);
      await b.pass(5000);
      assert.deepEqual(b.kernel.table, table(...[SERVICE, FIRST, SECOND]));
      assert.deepEqual(
        b.heard(),
        lines.map((line, i) => `ipvs entry repaired | ${line} | ${found[i]}`),
      );
    });
  }

  it("leaves other people's services alone, for ever", async () => {
    const b = await new Bench(new FakeIpvs(FOREIGN.join('\n'))).keep(20_000);
    await b.keeper.takeDown();
    assert.deepEqual(b.kernel.table, table(...FOREIGN));
  });

  it('says a refused line once, tries it again later, and says when it worked', async () => {
    const b = new Bench();
    b.kernel.refuse.set(FIRST, 'Memory allocation problem');
    await b.keep();
    assert.deepEqual(b.heard(), [
      `ipvs table changed | 2 | ${SERVICE}; ${SECOND}`,
      `ipvs entry refused | ${FIRST} | Memory allocation problem`,
    ]);
    assert.deepEqual([b.keeper.inSync, b.keeper.refused], [false, [`${FIRST} (Memory allocation problem)`]]);
    await b.pass(60_000);
    assert.deepEqual(b.heard(), []);
    assert.ok(b.kernel.lines.filter(line => line === FIRST).length < 12, 'the waits grow');
    b.kernel.refuse.clear();
    await b.pass(70_000);
    assert.deepEqual(b.heard(), [`ipvs table changed | 1 | ${FIRST}`]);
    assert.deepEqual([b.keeper.inSync, b.keeper.refused], [true, []]);
  });

  it('a refused line does not keep others from being written at once', async () => {
    const b = new Bench();
    b.kernel.refuse.set(FIRST, 'Memory allocation problem');
    await b.keep(100);
    b.heard();
    b.desired = table(SERVICE, FIRST);
    void b.keeper.changed();
    await b.pass(60);
    assert.deepEqual(b.heard(), ['ipvs table changed | 1 | -d -t 10.0.0.13:80 -r 10.0.0.18:80']);
  });

  it('looks at the whole table every 5 s, and not for each change', async () => {
    const b = await new Bench().keep(1000);
    b.desired = table(SERVICE, FIRST);
    void b.keeper.changed();
    await b.pass(1000);
    assert.deepEqual(b.kernel.table, b.desired);
    assert.deepEqual([b.kernel.saves, b.kernel.glances], [2, 1]);
    await b.pass(17_000);
    assert.equal(b.kernel.saves, 5);
  });

  it('breaks a look off for a change, and makes up for it', async () => {
    const b = await new Bench().keep();
    const look = new Latch();
    const save = b.kernel.save.bind(b.kernel);
    b.kernel.save = async breakOff => {
      await look.opened(breakOff);
      return save();
    };
    b.kernel.byHand('-d -t 10.0.0.13:80 -r 10.0.0.17:80');
    await b.pass(5100);
    b.heard();
    b.desired = table(SERVICE, FIRST, SECOND.replace('-w 1', '-w 2'));
    void b.keeper.changed();
    await b.pass(0);
    assert.deepEqual(b.heard(), ['ipvs table changed | 1 | -e -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 2']);
    look.open();
    await b.pass(60);
    assert.deepEqual(b.heard(), [`ipvs entry repaired | ${FIRST} | nothing`]);
  });

  describe('says when a change has been carried out:', () => {
    const CHANGED = table(SERVICE, FIRST);
    for (const { name, before, ms, done } of [
      { name: 'after the pass that did it', ms: 60, done: true },
      { name: 'not before', before: (b: Bench) => b.hang(), ms: 60, done: false },
      {
        name: 'not with the end of a pass that was under way',
        before: async (b: Bench) => {
          const latch = b.hang();
          b.desired = table(SERVICE, SECOND);
          void b.keeper.changed();
          await b.pass(60);
          queueMicrotask(() => latch.open());
        },
        ms: 40,
        done: false,
      },
      {
        name: 'also when it failed',
        before: (b: Bench) => (b.kernel.restore = () => Promise.reject(new Error('ipvsadm died'))),
        ms: 60,
        done: true,
      },
      {
        name: 'also when everything is at its end',
        before: (b: Bench) => b.keeper.takeDown(),
        ms: 0,
        done: true,
      },
    ] as readonly Told[]) {
      it(name, async () => {
        const b = await new Bench().keep();
        await before?.(b);
        b.desired = CHANGED;
        let told = false;
        void b.keeper.changed().then(() => (told = true));
        await b.pass(ms);
        assert.equal(told, done);
      });
    }
  });

  it('an ipvsadm that fails is said once; the table is kept again when it works', async () => {
    const b = await new Bench().keep();
    b.heard();
    b.kernel.byHand('-D -t 10.0.0.13:80');
    const save = b.kernel.save.bind(b.kernel);
    b.kernel.save = () => Promise.reject(new Error('ipvsadm did not end within 30 s'));
    await b.pass(20_000);
    assert.deepEqual(b.heard(), ['ipvsadm failed; trying again | ipvsadm did not end within 30 s']);
    assert.equal(b.keeper.inSync, false);
    b.kernel.save = save;
    await b.pass(30_000);
    assert.deepEqual(b.kernel.table, table(...GUIDE_SAVED));
    assert.equal(b.heard().length, 3);
  });

  it('a list that cannot be written is said once and stops nothing', async () => {
    const owned = new FakeOwned();
    owned.code = 'ENOSPC';
    const b = await new Bench(new FakeIpvs(), owned).keep(12_000);
    assert.equal(b.heard().filter(line => line.includes('ENOSPC')).length, 1);
    assert.deepEqual(b.kernel.table, table(...GUIDE_SAVED));
  });

  it('takes down what is ours at the end, in the kernel and in the list, and keeps nothing more', async () => {
    const b = await new Bench().keep();
    await b.keeper.takeDown();
    assert.deepEqual([b.kernel.table.size, b.owned.read()], [0, []]);
    void b.keeper.changed();
    await b.pass(60_000);
    assert.equal(b.kernel.table.size, 0);
  });

  it('does not wait for a look before it takes down what is ours', async () => {
    const b = await new Bench().keep();
    const save = b.kernel.save.bind(b.kernel);
    b.kernel.save = breakOff => new Latch().opened(breakOff).then(() => save());
    await b.pass(5100);
    b.kernel.save = save;
    await b.keeper.takeDown();
    assert.equal(b.kernel.table.size, 0);
  });

  it('passes a missing IPVS on to whoever starts it', async () => {
    const b = new Bench();
    b.kernel.failure = new IpvsUnavailable('no ip_vs');
    await assert.rejects(b.keeper.look(), /no ip_vs/);
  });
});
