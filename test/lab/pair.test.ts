import assert from 'node:assert/strict';
import { eventually, kill } from './daemon.js';
import { buildPair, takeDown, tellOnFailure, type Arena } from './duel.js';
import { GUIDE_TABLE, VIP, guideTableWithout, tableBecomes, type GuideNetwork } from './guide.js';

/** A dead server is found at the next check, 6 s apart, and given up after 3 retries, 3 s apart. */
const GIVEN_UP = 6_000 + 3 * 3_000 + 5_000;

describe("the guide's pair of holdfasts", () => {
  let network: GuideNetwork;
  let arena: Arena;

  before(async () => {
    ({ network, arena } = await buildPair());
  });

  after(() => takeDown(arena));

  tellOnFailure(() => arena);

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

  it('elects lb03, which alone holds the address, secondary, as in the guide', async () => {
    const { lb03, lb04 } = arena;
    lb03.start();
    lb04.start();
    await lb03.becomes('MASTER', { within: 50_000 });
    await lb04.becomes('BACKUP', { within: 50_000 });
    const shown = await lb03.host.ip('addr', 'show', 'eth0');
    assert.match(shown, /^ {4}inet 10\.0\.0\.13\/24 scope global secondary eth0$/m);
    assert.equal(await lb04.host.holds(VIP), false);
  });

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

  it('gives the address to lb04 when lb03 is lost, and the client is served', async () => {
    const { lb03, lb04 } = arena;
    const since = await lb03.vanish();
    await lb04.becomes('MASTER', { since });
    assert.match(await network.client.curl(`http://${VIP}/`), /^web0[34]\n$/);
    await lb03.reappear();
  });

  it('gives it back to lb03 when that returns, with its table', async () => {
    const { lb03, lb04 } = arena;
    lb03.start();
    await lb03.becomes('MASTER', { within: 50_000 });
    await lb04.becomes('BACKUP');
    await bothShow(GUIDE_TABLE, 10_000);
    assert.match(await network.client.curl(`http://${VIP}/`), /^web0[34]\n$/);
  });

  it('leaves neither address nor table entry of its own behind when it is stopped', async () => {
    const { lb03, lb04 } = arena;
    assert.deepEqual(await lb03.stop(), { code: 0, signal: null });
    await lb04.becomes('MASTER');
    assert.equal(await network.lb03.holds(VIP), false);
    assert.match(await network.client.curl(`http://${VIP}/`), /^web0[34]\n$/);
  });

  it('needs less than 75 MB for its three processes', async () => {
    const megabytes = await arena.lb04.memory();
    assert.ok(megabytes < 75, `it needs ${megabytes.toFixed(1)} MB`);
  });
});
