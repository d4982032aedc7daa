import assert from 'node:assert/strict';
import type { Check, HttpCheck, TcpCheck } from '../../../src/checkers/check.js';
import { CheckDriver, type CheckView } from '../../../src/checkers/driver.js';
import { millis, type Instant } from '../../../src/lib/units.js';
import type { ConnectOutcome, ConnectPort, ConnectTarget } from '../../../src/ports/connect.js';
import { ManualClock } from '../../fakes/manual-clock.js';
import { silence } from '../../fakes/silence.js';

type Talk = (target: ConnectTarget, deadline: Instant) => ConnectOutcome;

const OK: ConnectOutcome = { ok: true, answer: new Uint8Array(), latency: millis(0.4216) };
const REFUSED: ConnectOutcome = {
  ok: false,
  reason: 'connection-refused',
  detail: 'ECONNREFUSED',
  latency: millis(1),
};

const tcp: TcpCheck = {
  type: 'TCP_CHECK',
  connectAddress: '10.0.0.17',
  connectPort: 80,
  timeoutMs: 8000,
  retry: 3,
  delayBeforeRetryMs: 3000,
  delayLoopMs: 6000,
  warmupMs: 0,
};

/** Runs one check against a network that answers as it is told, and writes down what happens and when. */
class Bench implements ConnectPort {
  readonly clock = new ManualClock();
  readonly story: string[] = [];
  readonly deadlines: number[] = [];
  readonly driver: CheckDriver;
  answer: Talk = () => OK;
  tries = 0;
  readonly #start = this.clock.now();

  constructor(readonly check: Check) {
    this.driver = new CheckDriver(
      {
        clock: this.clock,
        connect: this,
        ...silence,
        md5: () => '',
        log: (_, sentence, fields = {}) => this.#tell([sentence, ...Object.values(fields)].join(' ')),
        wall: () => 'now',
      },
      (_, from, view) => this.#tell(`${from}>${view.verdict} ${view.reason}`),
    );
    this.driver.change([{ name: 'check', check }], []);
  }

  talk(target: ConnectTarget, deadline: Instant): Promise<ConnectOutcome> {
    this.tries++;
    this.deadlines.push(deadline - this.#start);
    return Promise.resolve(this.answer(target, deadline));
  }

  #tell(words: string): void {
    this.story.push(`${(this.clock.now() - this.#start) / 1000} ${words}`);
  }

  get view(): CheckView {
    return this.driver.view(this.check);
  }
}

describe('check driver', () => {
  it('knows nothing before the first try', () => {
    assert.deepEqual(new Bench({ ...tcp, warmupMs: 1000 }).view, {
      verdict: 'UNKNOWN',
      reason: 'not-checked-yet',
      detail: null,
      at: null,
      latencyMs: null,
    });
  });

  it("takes the guide's server out 9 s after its first failure, and back at its next check", async () => {
    const b = new Bench(tcp);
    await b.clock.advance(millis(5000));
    b.answer = () => REFUSED;
    await b.clock.advance(millis(20_000));
    b.answer = () => OK;
    await b.clock.advance(millis(5000));
    assert.deepEqual(b.story, [
      '0 UNKNOWN>UP connected',
      '15 UP>DOWN connection-refused',
      '27 DOWN>UP connected',
    ]);
  });

  it('shows the last try also where the verdict stands', async () => {
    const b = new Bench(tcp);
    await b.clock.advance(millis(0));
    assert.deepEqual(b.view, {
      verdict: 'UP',
      reason: 'connected',
      detail: null,
      at: 'now',
      latencyMs: 0.422,
    });
    b.answer = () => REFUSED;
    await b.clock.advance(millis(6000));
    assert.deepEqual(
      [b.view.verdict, b.view.reason, b.view.detail],
      ['UP', 'connection-refused', 'ECONNREFUSED'],
    );
  });

  it("does not blame the server for this machine's own want", async () => {
    const b = new Bench(tcp);
    await b.clock.advance(millis(0));
    b.answer = () => ({ ok: false, reason: 'connect-error', detail: 'EMFILE', latency: millis(0) });
    await b.clock.advance(millis(60_000));
    assert.deepEqual(b.story, ['0 UNKNOWN>UP connected', '6 check could not be made check EMFILE']);
    assert.deepEqual([b.view.verdict, b.view.reason], ['UP', 'unable']);
  });

  it('gives each try one deadline', async () => {
    const b = new Bench(tcp);
    await b.clock.advance(millis(6000));
    assert.deepEqual(b.deadlines, [8000, 14_000]);
  });

  it('asks for each url of HTTP_GET in turn under one deadline, and stops at the first that fails', async () => {
    const page = { path: '/a', virtualhost: null, statusCodes: [[200, 299] as const], digest: null };
    const check: HttpCheck = {
      ...tcp,
      type: 'HTTP_GET',
      protocol: '1.0',
      urls: [page, { ...page, path: '/b' }, page],
    };
    const b = new Bench(check);
    const answers = ['200', '404', '200'].map(code => Buffer.from(`HTTP/1.0 ${code} x\r\n\r\n`));
    b.answer = () => ({ ok: true, answer: answers[b.tries - 1]!, latency: millis(2) });
    await b.clock.advance(millis(0));
    assert.deepEqual(b.deadlines, [8000, 8000]);
    assert.deepEqual(b.view, {
      verdict: 'DOWN',
      reason: 'status-code',
      detail: '/b: 404',
      at: 'now',
      latencyMs: 4,
    });
  });

  describe('when other checks begin and end', () => {
    const other: TcpCheck = { ...tcp, connectAddress: '10.0.0.18' };

    it('goes on with a try that is under way, and with its times', async () => {
      const b = new Bench(tcp);
      let answer: (outcome: ConnectOutcome) => void = () => undefined;
      b.talk = () => new Promise(settle => (answer = settle));
      await b.clock.advance(millis(1000));
      b.driver.change([], [{ name: 'other', check: other }]);
      answer(OK);
      await b.clock.advance(millis(0));
      b.talk = () => Promise.resolve(REFUSED);
      b.driver.change([{ name: 'other', check: { ...other, warmupMs: 600_000 } }], []);
      await b.clock.advance(millis(20_000));
      assert.deepEqual(b.story, ['1 UNKNOWN>UP connected', '16 UP>DOWN connection-refused']);
    });

    it('forgets one that has ended, even a try of it that is under way', async () => {
      const b = new Bench(tcp);
      let answer: (outcome: ConnectOutcome) => void = () => undefined;
      b.talk = () => new Promise(settle => (answer = settle));
      await b.clock.advance(millis(0));
      b.driver.change([], [{ name: 'check', check: tcp }]);
      answer(REFUSED);
      await b.clock.advance(millis(60_000));
      assert.deepEqual([b.story, b.view.reason], [[], 'not-checked-yet']);
    });

    it('does not try one again that has ended', async () => {
      const b = new Bench(tcp);
      await b.clock.advance(millis(0));
      b.driver.change([], [{ name: 'check', check: tcp }]);
      await b.clock.advance(millis(60_000));
      assert.equal(b.tries, 1);
    });

    it('begins one within its warmup from then on', async () => {
      const b = new Bench(tcp);
      await b.clock.advance(millis(60_000));
      b.deadlines.length = 0;
      b.driver.change(
        [{ name: 'other', check: { ...other, warmupMs: 3000 } }],
        [{ name: 'check', check: tcp }],
      );
      await b.clock.advance(millis(3000));
      assert.equal(b.deadlines.length, 1);
      assert.ok(b.deadlines[0]! >= 68_000 && b.deadlines[0]! < 71_000);
    });

    it('begins nothing once it is stopped', async () => {
      const b = new Bench({ ...tcp, warmupMs: 1000 });
      b.driver.stop();
      b.driver.change([{ name: 'other', check: other }], []);
      await b.clock.advance(millis(60_000));
      assert.equal(b.tries, 0);
    });
  });

  it('is silent once it is stopped, even about a try that was under way', async () => {
    const b = new Bench(tcp);
    let answer: (outcome: ConnectOutcome) => void = () => undefined;
    b.talk = () => new Promise(settle => (answer = settle));
    await b.clock.advance(millis(0));
    b.driver.stop();
    answer(REFUSED);
    await b.clock.advance(millis(60_000));
    assert.deepEqual([b.story, b.view.verdict], [[], 'UNKNOWN']);
  });
});
