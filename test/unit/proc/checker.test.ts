import assert from 'node:assert/strict';
import type { TcpCheck } from '../../../src/checkers/check.js';
import type { CheckerConfig, FromChecker, TablePlan, ToChild } from '../../../src/ipc/messages.js';
import { toSave } from '../../../src/ipvs/core/ipvsadm.js';
import type { RealServer, VirtualServer } from '../../../src/ipvs/service.js';
import { millis } from '../../../src/lib/units.js';
import type { ConnectOutcome, ConnectPort, ConnectTarget } from '../../../src/ports/connect.js';
import { IpvsUnavailable } from '../../../src/ports/ipvs.js';
import { runChecker } from '../../../src/proc/checker-process.js';
import { FakeChannel } from '../../fakes/channel.js';
import { FakeIpvs } from '../../fakes/ipvs.js';
import { ManualClock } from '../../fakes/manual-clock.js';
import { FakeOwned } from '../../fakes/owned.js';
import { silence } from '../../fakes/silence.js';
import { guide, table } from '../ipvs/tables.js';

const check = (last: number): TcpCheck => ({
  type: 'TCP_CHECK',
  connectAddress: `10.0.0.${last}`,
  connectPort: 80,
  timeoutMs: 5000,
  retry: 1,
  delayBeforeRetryMs: 1000,
  delayLoopMs: 6000,
  warmupMs: 0,
});

const server = (last: number, change: Partial<RealServer> = {}): RealServer => ({
  address: `10.0.0.${last}`,
  port: 80,
  weight: 1,
  inhibitOnFailure: false,
  checks: [check(last)],
  ...change,
});

/** `10.0.0.13:80` with the servers 17 and 18. */
const web = (change: Partial<VirtualServer> = {}): VirtualServer => ({
  ...guide,
  realServers: [server(17), server(18)],
  ...change,
});

/** Another service, with the server 19. */
const mail: VirtualServer = {
  ...web(),
  port: 25,
  persistenceTimeout: null,
  realServers: [server(19, { port: 25 })],
};

/** A check that is asked otherwise. */
const patient = (last: number): TcpCheck => ({ ...check(last), timeoutMs: 9000, warmupMs: 600_000 });

const FOREIGN = ['-A -t 10.9.9.9:80 -s rr', '-a -t 10.9.9.9:80 -r 10.0.0.1:80 -m -w 1'];

type Of<Type extends FromChecker['type']> = Extract<FromChecker, { type: Type }>;

/** A checker process, with the test in the place of the supervisor, the kernel and the network. */
class Bench implements ConnectPort {
  readonly clock = new ManualClock();
  readonly channel = new FakeChannel<ToChild<CheckerConfig>, FromChecker>();
  /** The last parts of the addresses of servers that do not answer. */
  readonly down = new Set<number>();
  /** Every try: when, in seconds, and of which server. */
  readonly tries: string[] = [];
  exit: number | undefined;
  #id = 0;
  readonly #start = this.clock.now();

  constructor(
    readonly kernel = new FakeIpvs(FOREIGN.join('\n')),
    readonly owned = new FakeOwned(),
  ) {
    runChecker(this.channel, {
      ports: (_, log) => ({
        ipvs: kernel,
        owned,
        clock: this.clock,
        connect: this,
        ...silence,
        md5: () => '',
        wall: () => 'now',
        log,
      }),
      exit: code => (this.exit = code),
    });
  }

  talk({ address }: ConnectTarget): Promise<ConnectOutcome> {
    const last = Number(address.split('.')[3]);
    this.tries.push(`${(this.clock.now() - this.#start) / 1000} ${last}`);
    const latency = millis(1);
    return Promise.resolve(
      this.down.has(last)
        ? { ok: false, reason: 'connection-refused', detail: 'ECONNREFUSED', latency }
        : { ok: true, answer: new Uint8Array(), latency },
    );
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(millis(ms));
  }

  /** Starts, and lets every check say something. */
  async start(services: readonly VirtualServer[], ms = 1000): Promise<this> {
    this.channel.tell({ type: 'start', config: config(services) });
    await this.pass(ms);
    return this;
  }

  async prepare(services: readonly VirtualServer[]): Promise<TablePlan> {
    const answer = await this.ask(id => ({ type: 'prepare', id, config: config(services) }));
    assert.equal(answer.type, 'prepared', JSON.stringify(answer));
    return answer.plan;
  }

  async commit(): Promise<FromChecker> {
    return this.ask(id => ({ type: 'commit', id }), 100);
  }

  /** @returns the plan, and the lines that were written */
  async reload(services: readonly VirtualServer[]): Promise<[TablePlan, readonly string[]]> {
    const plan = await this.prepare(services);
    const before = this.kernel.lines.length;
    assert.equal((await this.commit()).type, 'committed');
    return [plan, this.kernel.lines.slice(before)];
  }

  /** @returns the answer, of which there must be one within `ms` */
  async ask(question: (id: number) => ToChild<CheckerConfig>, ms = 0): Promise<FromChecker> {
    const id = ++this.#id;
    this.channel.tell(question(id));
    await this.pass(ms);
    const answers = this.channel.sent.filter(message => 'id' in message && message.id === id);
    assert.equal(answers.length, 1, `${answers.length} answers`);
    return answers[0]!;
  }

  /** What is known of each check, as `17 UP`. */
  async verdicts(): Promise<readonly string[]> {
    const { state } = (await this.ask(id => ({ type: 'dump', id }))) as Of<'dump'>;
    return state.services.flatMap(service =>
      service.servers.flatMap(s => s.checks.map(c => `${s.address.split('.')[3]} ${c.verdict}`)),
    );
  }

  /** The kernel's lines, without other people's. */
  get ours(): readonly string[] {
    return toSave(this.kernel.table)
      .split('\n')
      .filter(line => line !== '' && !FOREIGN.includes(line));
  }

  /** What was said since the last time. */
  said(): readonly string[] {
    const lines = this.channel.sent.filter(message => message.type === 'log');
    this.channel.sent.length = 0;
    return lines.map(({ sentence, fields }) => [sentence, ...Object.values(fields)].join(' | '));
  }
}

const config = (services: readonly VirtualServer[]): CheckerConfig => ({
  services,
  ownedFile: 'owned',
  ipvsadm: 'ipvsadm',
});

interface Row {
  readonly name: string;
  readonly before?: readonly VirtualServer[];
  /** Servers that have died before the reload. */
  readonly down?: readonly number[];
  readonly after: readonly VirtualServer[];
  readonly lines: readonly string[];
  readonly started?: readonly string[];
  readonly ended?: readonly string[];
  readonly kept?: number;
  /** Right after the reload. */
  readonly verdicts: readonly string[];
}

const WEB = '-t 10.0.0.13:80';
const BOTH_UP = ['17 UP', '18 UP'];

const rows: readonly Row[] = [
  {
    name: 'the same file changes nothing',
    after: [web()],
    lines: [],
    verdicts: BOTH_UP,
  },
  {
    name: 'a weight is edited, and no check begins anew',
    after: [web({ realServers: [server(17, { weight: 5 }), server(18)] })],
    lines: [`-e ${WEB} -r 10.0.0.17:80 -g -w 5`],
    verdicts: BOTH_UP,
  },
  {
    name: 'so is a scheduler, and persistence',
    after: [web({ scheduler: 'sh', persistenceTimeout: 300 })],
    lines: [`-E ${WEB} -s sh -p 300`],
    verdicts: BOTH_UP,
  },
  {
    name: 'so is the forwarding',
    after: [web({ forwarding: 'TUN' })],
    lines: [`-e ${WEB} -r 10.0.0.17:80 -i -w 1`, `-e ${WEB} -r 10.0.0.18:80 -i -w 1`],
    verdicts: BOTH_UP,
  },
  {
    name: 'another order changes nothing',
    before: [web(), mail],
    after: [mail, web({ realServers: [server(18), server(17)] })],
    lines: [],
    kept: 3,
    verdicts: ['19 UP', '18 UP', '17 UP'],
  },
  {
    name: 'a weight of a server that is down is for when it comes back',
    down: [17],
    after: [web({ realServers: [server(17, { weight: 5 }), server(18)] })],
    lines: [],
    verdicts: ['17 DOWN', '18 UP'],
  },
  {
    name: 'a new server is in at once, unchecked, and the others go on',
    after: [web({ realServers: [server(17), server(18), server(19, { checks: [patient(19)] })] })],
    lines: [`-a ${WEB} -r 10.0.0.19:80 -g -w 1`],
    started: ['TCP_CHECK of 10.0.0.19:80 in tcp 10.0.0.13:80'],
    verdicts: ['17 UP', '18 UP', '19 UNKNOWN'],
  },
  {
    name: 'a server that has left the file is taken out',
    after: [web({ realServers: [server(18)] })],
    lines: [`-d ${WEB} -r 10.0.0.17:80`],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['18 UP'],
  },
  {
    name: 'a new service is added with its servers',
    after: [web(), { ...mail, realServers: [server(19, { port: 25, checks: [] })] }],
    lines: ['-A -t 10.0.0.13:25 -s wrr', '-a -t 10.0.0.13:25 -r 10.0.0.19:25 -g -w 1'],
    verdicts: BOTH_UP,
  },
  {
    name: 'a service that has left the file is taken out',
    before: [web(), mail],
    after: [mail],
    lines: [`-D ${WEB}`],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80', 'TCP_CHECK of 10.0.0.18:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['19 UP'],
  },
  {
    name: 'another check of a server that is up leaves it in until it has said something',
    after: [web({ realServers: [server(17, { checks: [patient(17)], weight: 3 }), server(18)] })],
    lines: [`-e ${WEB} -r 10.0.0.17:80 -g -w 3`],
    started: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['17 UNKNOWN', '18 UP'],
  },
  {
    name: 'another check of a server that is down does not put it back',
    down: [17],
    after: [web({ realServers: [server(17, { checks: [patient(17)], weight: 3 }), server(18)] })],
    lines: [],
    started: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['17 UNKNOWN', '18 UP'],
  },
  {
    name: 'nor one that is down with weight 0',
    before: [web({ realServers: [server(17, { inhibitOnFailure: true }), server(18)] })],
    down: [17],
    after: [
      web({ realServers: [server(17, { inhibitOnFailure: true, checks: [patient(17)] }), server(18)] }),
    ],
    lines: [],
    started: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['17 UNKNOWN', '18 UP'],
  },
  {
    name: 'a further check of a server that is down does not put it back either',
    down: [17],
    after: [web({ realServers: [server(17, { checks: [patient(17), check(17)] }), server(18)] })],
    lines: [],
    started: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    verdicts: ['17 UNKNOWN', '17 DOWN', '18 UP'],
  },
  {
    name: 'a server that is down comes in where the file has no check for it any more',
    down: [17],
    after: [web({ realServers: [server(17, { checks: [] }), server(18)] })],
    lines: [`-a ${WEB} -r 10.0.0.17:80 -g -w 1`],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 1,
    verdicts: ['18 UP'],
  },
  {
    name: 'inhibit_on_failure makes a server that is down one with weight 0',
    down: [17],
    after: [web({ realServers: [server(17, { inhibitOnFailure: true }), server(18)] })],
    lines: [`-a ${WEB} -r 10.0.0.17:80 -g -w 0`],
    verdicts: ['17 DOWN', '18 UP'],
  },
  {
    name: 'from some services to none',
    after: [],
    lines: [`-D ${WEB}`],
    ended: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80', 'TCP_CHECK of 10.0.0.18:80 in tcp 10.0.0.13:80'],
    kept: 0,
    verdicts: [],
  },
  {
    name: 'from none to some',
    before: [],
    after: [web({ realServers: [server(17, { checks: [patient(17)] })] })],
    lines: [`-A ${WEB} -s wrr -p 50`, `-a ${WEB} -r 10.0.0.17:80 -g -w 1`],
    started: ['TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80'],
    kept: 0,
    verdicts: ['17 UNKNOWN'],
  },
  { name: 'from none to none', before: [], after: [], lines: [], kept: 0, verdicts: [] },
  {
    name: 'a service that somebody else made is taken over as it is, as at a start',
    after: [
      web(),
      web({
        address: '10.9.9.9',
        scheduler: 'rr',
        forwarding: 'NAT',
        persistenceTimeout: null,
        realServers: [server(1, { checks: [patient(1)] }), server(2, { checks: [patient(2)] })],
      }),
    ],
    lines: [],
    started: ['TCP_CHECK of 10.0.0.1:80 in tcp 10.9.9.9:80', 'TCP_CHECK of 10.0.0.2:80 in tcp 10.9.9.9:80'],
    verdicts: [...BOTH_UP, '1 UNKNOWN', '2 UNKNOWN'],
  },
];

describe('proc: the checker process reloads', () => {
  for (const { name, before = [web()], down = [], after, lines, started = [], ended = [], ...row } of rows) {
    it(name, async () => {
      const b = await new Bench().start(before);
      for (const last of down) b.down.add(last);
      await b.pass(9000);
      const now = [b.ours, b.kernel.batches.length, b.owned.writes.length];
      const plan = await b.prepare(after);
      assert.deepEqual(plan, {
        lines,
        checksStarted: started,
        checksEnded: ended,
        checksKept: row.kept ?? 2,
      });
      assert.deepEqual([b.ours, b.kernel.batches.length, b.owned.writes.length], now, 'only planned');

      const at = b.kernel.lines.length;
      assert.equal((await b.commit()).type, 'committed');
      assert.deepEqual(b.kernel.lines.slice(at), lines);
      assert.deepEqual(await b.verdicts(), row.verdicts);
      assert.deepEqual((await b.prepare(after)).lines, [], 'and that is all');
    });
  }

  it('the checks that go on keep their times, the one that begins has times of its own', async () => {
    const b = await new Bench().start([web()]);
    await b.pass(1000);
    await b.reload([
      web({ scheduler: 'rr', realServers: [server(18), server(17, { weight: 2 }), server(19)] }),
    ]);
    await b.pass(9000);
    assert.deepEqual(b.tries, ['0 17', '0 18', '2 19', '6 17', '6 18', '8 19']);
  });

  it('failures that were counted before a reload count after it', async () => {
    const b = await new Bench().start([web()]);
    b.down.add(17);
    await b.pass(5500);
    b.said();
    await b.reload([web({ scheduler: 'rr' })]);
    await b.pass(1000);
    assert.match(b.said().join('\n'), /real server down \| tcp 10.0.0.13:80 \| 10.0.0.17:80/);
  });

  it('a verdict that changes after a reload is said of the service as it is now, and carried out', async () => {
    const b = await new Bench().start([web()]);
    await b.reload([web({ realServers: [server(17, { weight: 5, inhibitOnFailure: true }), server(18)] })]);
    b.down.add(17);
    await b.pass(9000);
    assert.ok(b.ours.includes(`-a ${WEB} -r 10.0.0.17:80 -g -w 0`), b.ours.join('\n'));
  });

  it('the first verdict of a check that began anew decides', async () => {
    const b = await new Bench().start([web()]);
    b.down.add(17);
    await b.pass(9000);
    await b.prepare([
      web({ realServers: [server(17, { checks: [{ ...check(17), retry: 5 }] }), server(18)] }),
    ]);
    b.down.clear();
    await b.commit();
    assert.deepEqual(await b.verdicts(), BOTH_UP);
    assert.ok(b.ours.includes(`-a ${WEB} -r 10.0.0.17:80 -g -w 1`));
  });

  it('a server that dies between prepare and commit is not put back', async () => {
    const b = await new Bench().start([web()]);
    await b.pass(4500);
    const after = [web({ realServers: [server(17, { checks: [patient(17)] }), server(18)] })];
    assert.deepEqual((await b.prepare(after)).lines, []);
    b.down.add(17);
    await b.pass(2000);
    assert.deepEqual(b.ours.length, 2);
    await b.commit();
    await b.pass(20_000);
    assert.deepEqual(b.ours, [`-A ${WEB} -s wrr -p 50`, `-a ${WEB} -r 10.0.0.18:80 -g -w 1`]);
  });

  it('leaves a line in the log for what it does to the table', async () => {
    const b = await new Bench().start([web()]);
    b.said();
    await b.reload([web({ scheduler: 'rr' })]);
    assert.deepEqual(b.said(), [`ipvs table changed | 1 | -E ${WEB} -s rr -p 50`]);
  });

  it('leaves other people their services', async () => {
    const b = await new Bench().start([web()]);
    for (const services of [[mail], [], [web(), mail], [web()]]) await b.reload(services);
    const theirs = toSave(b.kernel.table).split('\n').slice(0, 2);
    assert.deepEqual(theirs, FOREIGN);
  });

  it('what is ours is written down before the first line of a service, and forgotten after its last', async () => {
    const b = await new Bench().start([web()]);
    const restore = b.kernel.restore.bind(b.kernel);
    const listed: (readonly string[])[] = [];
    b.kernel.restore = batch => {
      listed.push(b.owned.read());
      return restore(batch);
    };
    await b.reload([mail]);
    assert.deepEqual(listed, [['-t 10.0.0.13:80', '-t 10.0.0.13:25']]);
    assert.deepEqual(b.owned.read(), ['-t 10.0.0.13:25']);
  });

  it('a process that is killed in a reload is succeeded by one that knows what to take out', async () => {
    const b = await new Bench().start([web()]);
    b.kernel.restore = () => new Promise(() => undefined);
    await b.prepare([mail]);
    b.channel.tell({ type: 'commit', id: 99 });
    await b.pass(100);
    const heir = await new Bench(new FakeIpvs(toSave(b.kernel.table)), b.owned).start([mail]);
    assert.deepEqual(heir.ours, ['-A -t 10.0.0.13:25 -s wrr', '-a -t 10.0.0.13:25 -r 10.0.0.19:25 -g -w 1']);
  });

  it('nobody looks at the table any more when it has nothing of ours; then it is looked at anew', async () => {
    const b = await new Bench().start([web()]);
    await b.reload([]);
    const { saves } = b.kernel;
    await b.pass(600_000);
    assert.equal(b.kernel.saves, saves);
    b.kernel.byHand(...FOREIGN.map(line => line.replace('10.9.9.9', '10.0.0.13')));
    const { lines } = await b.prepare([web({ realServers: [server(1, { checks: [patient(1)] })] })]);
    assert.deepEqual(lines, [`-E ${WEB} -s wrr -p 50`, `-e ${WEB} -r 10.0.0.1:80 -g -w 1`]);
  });

  it('a line that the kernel refused is tried again', async () => {
    const b = new Bench();
    b.kernel.refuse.set(`-a ${WEB} -r 10.0.0.17:80 -g -w 1`, 'Memory allocation problem');
    await b.start([web()]);
    await b.pass(30_000);
    b.kernel.refuse.clear();
    const [{ lines }, written] = await b.reload([web()]);
    assert.deepEqual(lines, [`-a ${WEB} -r 10.0.0.17:80 -g -w 1`]);
    assert.deepEqual(written, lines);
  });

  describe('answers', () => {
    it('`refused` where services are wanted and there is no IPVS, and goes on as before', async () => {
      const b = await new Bench().start([]);
      b.kernel.failure = new IpvsUnavailable('the kernel has no IP Virtual Server');
      assert.deepEqual(await b.ask(id => ({ type: 'prepare', id, config: config([web()]) })), {
        type: 'refused',
        id: 1,
        why: 'the kernel has no IP Virtual Server',
      });
      assert.equal((await b.commit()).type, 'refused');
      assert.deepEqual([await b.verdicts(), b.ours], [[], []]);
    });

    it('`refused` where IPVS has gone since', async () => {
      const b = await new Bench().start([web()]);
      b.kernel.save = () => Promise.reject(new IpvsUnavailable('ipvsadm is not there'));
      await b.pass(6000);
      assert.equal(
        (await b.ask(id => ({ type: 'prepare', id, config: config([web(), mail]) }))).type,
        'refused',
      );
      assert.deepEqual(await b.verdicts(), BOTH_UP);
    });

    it('`prepared` where none are wanted and there is no IPVS', async () => {
      const b = await new Bench().start([]);
      b.kernel.failure = new IpvsUnavailable('the kernel has no IP Virtual Server');
      await b.prepare([]);
      assert.equal((await b.commit()).type, 'committed');
      const { state } = (await b.ask(id => ({ type: 'dump', id }))) as Of<'dump'>;
      assert.deepEqual([state.inSync, state.checkedAt], [true, null]);
    });

    it('`refused` to a commit of what was prepared before something that was refused', async () => {
      const b = await new Bench().start([]);
      await b.prepare([]);
      b.kernel.failure = new IpvsUnavailable('the kernel has no IP Virtual Server');
      await b.ask(id => ({ type: 'prepare', id, config: config([web()]) }));
      assert.equal((await b.commit()).type, 'refused');
    });

    it('`refused` to a commit of nothing', async () => {
      const b = await new Bench().start([web()]);
      await b.prepare([]);
      await b.prepare([web()]);
      await b.commit();
      assert.deepEqual(await b.commit(), { type: 'refused', id: 4, why: 'nothing was prepared' });
      assert.equal(b.ours.length, 3);
    });

    it('`refused` before the start', async () => {
      const b = new Bench();
      assert.equal((await b.ask(id => ({ type: 'prepare', id, config: config([]) }))).type, 'refused');
    });

    it('`committed` only when the kernel has it', async () => {
      const b = await new Bench().start([web()]);
      let go: () => void = () => undefined;
      const restore = b.kernel.restore.bind(b.kernel);
      b.kernel.restore = async batch => {
        await new Promise<void>(resolve => (go = resolve));
        return restore(batch);
      };
      await b.prepare([web({ scheduler: 'rr' })]);
      b.channel.tell({ type: 'commit', id: 99 });
      await b.pass(4900);
      assert.ok(!b.channel.sent.some(({ type }) => type === 'committed'));
      go();
      await b.pass(0);
      assert.ok(b.channel.sent.some(({ type }) => type === 'committed'));
    });

    it('`committed` after five seconds all the same, and says so', async () => {
      const b = await new Bench().start([web()]);
      b.kernel.restore = () => new Promise(() => undefined);
      await b.prepare([web({ scheduler: 'rr' })]);
      b.said();
      b.channel.tell({ type: 'commit', id: 99 });
      await b.pass(5000);
      assert.ok(b.channel.sent.some(({ type }) => type === 'committed'));
      assert.deepEqual(b.said(), ['the ipvs table has not followed the reload yet']);
    });

    it('`committed` when it failed, and says so; it is done when it can be', async () => {
      const b = await new Bench().start([web()]);
      const restore = b.kernel.restore.bind(b.kernel);
      b.kernel.restore = () => Promise.reject(new Error('ipvsadm was ended by SIGKILL'));
      await b.prepare([web({ scheduler: 'rr' })]);
      b.said();
      await b.commit();
      assert.deepEqual(b.said(), ['ipvsadm failed; trying again | ipvsadm was ended by SIGKILL']);
      b.kernel.restore = restore;
      await b.pass(2000);
      assert.deepEqual(b.said(), [`ipvs table changed | 1 | -E ${WEB} -s rr -p 50`]);
    });
  });

  it('a stop after a reload takes down what the reload made', async () => {
    const b = await new Bench().start([web()]);
    await b.reload([mail]);
    b.channel.tell({ type: 'stop' });
    await b.pass(100);
    assert.deepEqual([b.ours, b.owned.read(), b.exit], [[], [], 0]);
    assert.deepEqual(b.kernel.table, table(...FOREIGN));
  });

  it('a supervisor that is gone leaves the table as it is', async () => {
    const b = await new Bench().start([web()]);
    b.channel.hangUp();
    assert.deepEqual([b.ours.length, b.exit], [3, 0]);
  });
});
