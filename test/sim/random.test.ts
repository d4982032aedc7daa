import assert from 'node:assert/strict';
import { millis, seconds, type Millis } from '../../src/lib/units.js';
import { guideInstance, Lan, VIP, type Machine } from './lan.js';

/** How many networks are tried; each is named by its seed, and SEED=n tries that one alone. */
const SEEDS = 10_000;
/** A frozen agent notices nothing, and its peers cannot know: what it holds is excused while it stands still. */
const LONGEST_FREEZE = 1500;
/** The longest wait of any router here, a second for the advert after it, and the journey. */
const QUIET = seconds(6);

/** mulberry32: a small generator whose whole state is its seed, so that a seed is a story. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Trial {
  readonly #random: () => number;
  readonly lan = new Lan();
  /** Until when an agent's hands are tied: frozen, or dead with its addresses still in the kernel. */
  readonly #excused = new Map<Machine, number>();

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    this.lan.weather = { loss: 0, delay: () => millis(0.05 + this.#random() * 2), random: this.#random };
    const count = 2 + this.#pick(3);
    for (let i = 0; i < count; i++) {
      const priority = this.#random() < 0.3 ? 100 : 1 + this.#pick(254);
      this.lan.join(`r${i}`, `10.0.0.${20 + i}`, guideInstance(priority, { preempt: this.#random() < 0.8 }));
    }
  }

  play(): void {
    for (const machine of this.lan.machines) {
      this.lan.run(this.#upTo(2000), () => this.#check());
      machine.start();
    }
    for (let i = 0; i < 12; i++) {
      this.#trouble();
      this.lan.run(this.#upTo(4000), () => this.#check());
    }
    this.#calm();
    this.lan.run(QUIET, () => this.#check());
    this.#checkPeace();
  }

  /** One thing that happens to networks and machines. */
  #trouble(): void {
    const { lan } = this;
    const machine = lan.machines[this.#pick(lan.machines.length)]!;
    const other = lan.machines[this.#pick(lan.machines.length)]!;
    const troubles: readonly (() => void)[] = [
      () => machine.crash(this.#random() < 0.5),
      () => machine.start(),
      () => machine.stop(),
      () => {
        const length = this.#upTo(LONGEST_FREEZE);
        machine.freeze(length);
        this.#excused.set(machine, lan.time.now() + length + 1);
      },
      () => lan.cuts.add(`${machine.name}>${other.name}`),
      () => lan.cuts.clear(),
      () => machine.kernel.set({ up: false }),
      () => machine.kernel.set({ up: true }),
      () => machine.kernel.takeAway('10.0.0.13'),
      () => this.#reload(machine),
      () => {
        lan.weather = { ...lan.weather, loss: this.#random() * 0.4 };
      },
    ];
    troubles[this.#pick(troubles.length)]!();
  }

  /** Whatever the file says now, nobody's role changes by reading it. */
  #reload(machine: Machine): void {
    const before = machine.role;
    machine.reload({
      priority: 1 + this.#pick(254),
      preempt: this.#random() < 0.8,
      addresses: [
        { address: VIP, prefixLength: 24, interface: 'eth0' },
        ...(this.#random() < 0.5 ? [{ address: '10.0.0.14', prefixLength: 24, interface: 'eth0' }] : []),
      ],
    });
    assert.equal(machine.role, before, `${machine.name} has changed its role by a reload`);
    if (machine.alive && (this.#excused.get(machine) ?? 0) <= this.lan.time.now()) {
      assert.equal(machine.holdsVip && before !== 'MASTER', false);
    }
  }

  /** Everything is well again. Agents that died are started: what they left is theirs to clear. */
  #calm(): void {
    this.lan.weather = { ...this.lan.weather, loss: 0 };
    this.lan.cuts.clear();
    for (const machine of this.lan.machines) {
      machine.kernel.set({ up: true });
      machine.start();
    }
  }

  /** What holds at every moment. */
  #check(): void {
    const now = this.lan.time.now();
    for (const machine of this.lan.machines) {
      if (!machine.alive || (this.#excused.get(machine) ?? 0) > now) continue;
      if (machine.holdsVip) {
        assert.equal(machine.role, 'MASTER', `${machine.name} holds the address as ${machine.role}`);
      }
    }
  }

  /** What holds once nothing has gone wrong for a while: one master, and the address with it and nowhere else. */
  #checkPeace(): void {
    const masters = this.lan.machines.filter(m => m.role === 'MASTER').map(m => m.name);
    assert.equal(masters.length, 1, `masters: ${masters.join(', ')}`);
    const holders = this.lan.machines.filter(m => m.holdsVip).map(m => m.name);
    assert.deepEqual(holders, masters);
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #upTo(most: number): Millis {
    return millis(this.#random() * most);
  }
}

describe('sim: random networks', () => {
  const only = process.env['SEED'];
  const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(only)];

  it(`${seeds.length} networks with loss, cuts, crashes, freezes and pulled cables come to peace`, function () {
    this.timeout(120_000);
    for (const seed of seeds) {
      const trial = new Trial(seed);
      try {
        trial.play();
      } catch (error) {
        const story = trial.lan.story.slice(-40).join('\n');
        throw new Error(
          `seed ${seed}: ${(error as Error).message}\nreplay: SEED=${seed} make test SUITE=sim\n${story}`,
          { cause: error },
        );
      }
    }
  });
});
