import assert from 'node:assert/strict';
import { eventually, kill, nowMicros } from './daemon.js';
import { buildArena, duel, takeDown, tellOnFailure, type Arena } from './duel.js';
import { VIP } from './guide.js';
import { impostors } from './impostors.js';
import { Prober, milliseconds } from './prober.js';

describe('two holdfasts', () => {
  let arena: Arena;
  before(async () => (arena = await buildArena('holdfast', 'holdfast')));
  after(() => takeDown(arena));
  tellOnFailure(() => arena);

  duel(() => arena);

  it('goes on as master when its vrrp process is killed', async () => {
    const { topology, lb03, lb04, capture } = arena;
    await lb03.becomes('MASTER');
    const settled = await capture.advert(({ source }) => source === lb03.host.address, {
      since: nowMicros(),
    });
    const prober = await Prober.start(topology.host('client'), VIP);
    const since = settled.at + 1;
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
    assert.equal(await lb03.host.holds(VIP), true);
    const others = capture.adverts().filter(({ source, at }) => source === lb04.host.address && at > since);
    assert.equal(others.length, 0, 'lb04 has spoken');
    assert.ok(milliseconds(prober.outage().longest) < 500, 'the client had to wait');
  });

  it('hands over to lb04 without the client noticing when it is stopped', async () => {
    const { topology, lb03, lb04 } = arena;
    const since = nowMicros();
    const prober = await Prober.start(topology.host('client'), VIP);
    await lb03.stop();
    await lb04.becomes('MASTER', { since });
    await prober.stop();
    const longest = milliseconds(prober.outage().longest);
    assert.ok(longest < 100, `the client had to wait ${longest} ms`);
    assert.equal(await lb03.host.holds(VIP), false);
  });
});

describe('two holdfasts: adverts that must not be obeyed', () => impostors('holdfast', 'holdfast'));
