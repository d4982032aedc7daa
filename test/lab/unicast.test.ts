import assert from 'node:assert/strict';
import { Capture } from './capture.js';
import { eventually, nowMicros } from './daemon.js';
import { Director } from './director.js';
import { tellOnFailure, vrrpPart } from './duel.js';
import { GUIDE_DIRECTORS, VIP } from './guide.js';
import type { SeenAdvert } from './pcap.js';
import { Topology } from './topology.js';

/** Nobody is there; whoever has several peers speaks to each. */
const ABSENT = '10.0.0.99';

describe('a director that speaks to single routers, beside keepalived', () => {
  let topology: Topology;
  let capture: Capture;
  let lb03: Director;
  let lb04: Director;

  const unicast = (name: 'lb03' | 'lb04', peers: string): string =>
    vrrpPart(name).replace(
      'advert_int 1',
      `advert_int 1
       unicast_src_ip ${topology.host(name).address}
       unicast_ttl 64
       check_unicast_src
       unicast_peer { ${peers} }`.replace(/[{}]/g, brace => `\n${brace}\n`.replace('\n{', ' {')),
    );

  before(async () => {
    topology = await Topology.create(GUIDE_DIRECTORS);
    capture = await Capture.start(topology.wire, 'br0');
    const [a, b] = ['lb03', 'lb04'].map(name => topology.host(name).address);
    const peersOf3 = `${b} min_ttl 60 max_ttl 64\n${ABSENT}`;
    lb03 = new Director(topology.host('lb03'), 'holdfast', unicast('lb03', peersOf3), { vrrpOnly: true });
    lb04 = new Director(topology.host('lb04'), 'keepalived', unicast('lb04', `${a}`), { vrrpOnly: true });
  });
  tellOnFailure(() => ({ topology, lb03, lb04, capture }));
  after(async () => {
    lb03.remove();
    lb04.remove();
    await capture.stop();
    topology.remove();
  });

  const from =
    (director: Director) =>
    ({ source }: SeenAdvert): boolean =>
      source === director.host.address;

  it('takes over from a keepalived of lower priority', async () => {
    lb04.start();
    await lb04.becomes('MASTER');
    lb03.start();
    await lb03.becomes('MASTER');
    await lb04.becomes('BACKUP');
    await eventually('lb03 holds the address', () => lb03.host.holds(VIP));
    assert.equal(await lb04.host.holds(VIP), false);
  });

  it('sends nothing but unicast, with the TTL of the file', async () => {
    await capture.advert(from(lb03), { since: nowMicros() });
    const adverts = capture.adverts();
    assert.deepEqual([...new Set(adverts.filter(from(lb03)).map(a => a.destination))], [lb04.host.address]);
    assert.deepEqual([...new Set(adverts.map(a => a.ttl))], [64]);
  });

  it('hands over to keepalived, and hears it as backup', async () => {
    const since = nowMicros();
    await lb03.stop();
    await lb04.becomes('MASTER', { since });
    const goodbye = await capture.advert(({ priority }) => priority === 0, { since });
    assert.deepEqual([goodbye.source, goodbye.destination], [lb03.host.address, lb04.host.address]);
    lb03.reconfigure(unicast('lb03', lb04.host.address).replace('priority 150', 'priority 50'));
    lb03.start();
    await lb03.becomes('BACKUP');
    await eventually('adverts of lb04 are heard', async () => {
      const { instances } = (await lb03.state()).vrrp;
      return (instances[0]?.counters.advertsReceived ?? 0) > 3 && instances[0]?.role === 'BACKUP';
    });
  });

  it('takes over when keepalived is killed', async () => {
    const since = nowMicros();
    await lb04.stop('SIGKILL');
    await lb03.becomes('MASTER', { since });
    await eventually('lb03 holds the address', () => lb03.host.holds(VIP));
  });
});
