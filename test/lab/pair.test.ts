import assert from 'node:assert/strict';
import { Capture } from './capture.js';
import { eventually, kill, nowMicros } from './daemon.js';
import { Director } from './director.js';
import { duel, tellOnFailure, type Arena } from './duel.js';
import {
  GUIDE_TABLE,
  VIP,
  guideConfig,
  guideNetwork,
  guideTableWithout,
  tableBecomes,
  type GuideNetwork,
} from './guide.js';
import { Prober, milliseconds } from './prober.js';

/** A dead server is found at the next check, 6 s apart, and given up after 3 retries, 3 s apart. */
const GIVEN_UP = 6_000 + 3 * 3_000 + 5_000;

describe("the guide's pair of holdfasts", () => {
  let network: GuideNetwork;
  let arena: Arena;

  before(async () => {
    network = await guideNetwork();
    arena = {
      topology: network.topology,
      lb03: new Director(network.lb03, 'holdfast', guideConfig('lb03')),
      lb04: new Director(network.lb04, 'holdfast', guideConfig('lb04')),
      capture: await Capture.start(network.topology.wire, 'br0'),
    };
  });

  after(async () => {
    arena.lb03.remove();
    arena.lb04.remove();
    await arena.capture.stop();
    network.topology.remove();
  });

  tellOnFailure(() => arena);
  duel(() => arena);

  const bothShow = (table: string, within: number): Promise<unknown> =>
    Promise.all([tableBecomes(network.lb03, table, within), tableBecomes(network.lb04, table, within)]);

  const bothSeeUp = (): Promise<unknown> =>
    Promise.all(
      [arena.lb03, arena.lb04].map(director =>
        eventually(`${director.host.name} has found both servers up`, async () =>
          (await director.state()).ipvs.services[0]!.servers.every(({ verdict }) => verdict === 'UP'),
        ),
      ),
    );

  it("shows the guide's table on both directors", () => bothShow(GUIDE_TABLE, 10_000));

  it("answers the client's curl", async () => {
    assert.match(await network.client.curl(`http://${VIP}/`), /^web0[34]\n$/);
  });

  it('takes a dead web server out of both tables, and puts it back', async () => {
    await bothSeeUp();
    const page = (await network.client.curl(`http://${VIP}/`)).trim();
    const [dead, other] = page === 'web03' ? [network.web03, 'web04'] : [network.web04, 'web03'];
    await dead.stop();
    await bothShow(guideTableWithout(dead.host.address), GIVEN_UP);
    assert.equal((await network.client.curl(`http://${VIP}/`)).trim(), other);
    await dead.start();
    await bothShow(GUIDE_TABLE, GIVEN_UP);
  });

  it('goes on as master when its vrrp process is killed', async () => {
    const { lb03, lb04, capture } = arena;
    await lb03.becomes('MASTER');
    const prober = Prober.start(network.client, VIP);
    const since = nowMicros();
    const before = (await lb03.state()).processes.find(({ name }) => name === 'vrrp')!;
    kill(before.pid!, 'SIGKILL');
    await eventually('another vrrp process', async () => {
      const now = (await lb03.state()).processes.find(({ name }) => name === 'vrrp')!;
      return now.pid !== null && now.pid !== before.pid && now.respawns === before.respawns + 1;
    });
    await lb03.becomes('MASTER');
    // Longer than lb04 would wait.
    await capture.advert(({ source, at }) => source === lb03.host.address && at > since + 4_000_000, {
      since,
    });
    await prober.stop();
    assert.equal(
      capture.adverts().find(({ source, at }) => source === lb04.host.address && at > since),
      undefined,
      'lb04 has spoken',
    );
    assert.ok(milliseconds(prober.outage().longest) < 500, 'the client had to wait');
  });

  it('keeps the table when its checker process is killed', async () => {
    const { lb03 } = arena;
    await bothShow(GUIDE_TABLE, GIVEN_UP);
    const before = (await lb03.state()).processes.find(({ name }) => name === 'checker')!;
    kill(before.pid!, 'SIGKILL');
    await eventually('another checker process that has looked at the table', async () => {
      assert.equal(await network.lb03.table(), GUIDE_TABLE);
      const state = await lb03.state();
      const now = state.processes.find(({ name }) => name === 'checker')!;
      return now.pid !== null && now.pid !== before.pid && state.ipvs.inSync;
    });
    assert.equal(await network.lb03.table(), GUIDE_TABLE);
  });

  it('keeps an entry that is not its own, and repairs its own', async () => {
    await network.lb03.run('ipvsadm', '-A', '-t', '10.0.0.15:8080', '-s', 'rr');
    await network.lb03.run('ipvsadm', '-d', '-t', `${VIP}:80`, '-r', '10.0.0.18:80');
    await eventually(
      'the server is back',
      async () => (await network.lb03.table()).includes('10.0.0.18:80'),
      {
        within: 30_000,
      },
    );
    assert.match(await network.lb03.table(), /10\.0\.0\.15:8080/);
    await network.lb03.run('ipvsadm', '-D', '-t', '10.0.0.15:8080');
  });

  it('hands over to lb04 without the client noticing, and says goodbye', async () => {
    const { lb03, lb04 } = arena;
    await lb03.becomes('MASTER');
    const prober = Prober.start(network.client, VIP);
    await lb03.stop();
    await lb04.becomes('MASTER');
    await prober.stop();
    const { longest } = prober.outage();
    assert.ok(milliseconds(longest) < 100, `the client had to wait ${milliseconds(longest)} ms`);
    assert.equal(await network.lb03.holds(VIP), false);
  });

  it('needs less than 75 MB for its three processes', async () => {
    const megabytes = await arena.lb04.memory();
    assert.ok(megabytes < 75, `it needs ${megabytes.toFixed(1)} MB`);
  });
});
