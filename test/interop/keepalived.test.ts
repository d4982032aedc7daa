import assert from 'node:assert/strict';
import { join } from 'node:path';
import { internetChecksum } from '../../src/lib/checksum.js';
import { eventually, nowMicros } from '../lab/daemon.js';
import { Director } from '../lab/director.js';
import { buildArena, duel, takeDown, tellOnFailure, vrrpPart, type Arena } from '../lab/duel.js';
import { ROOT, VIP } from '../lab/guide.js';
import { advert, arp, type SeenAdvert } from '../lab/pcap.js';

/** An advert as a frame from the client: with some other bytes, and checksums that are right again. */
function forged({ bytes }: SeenAdvert, change: (header: Buffer, vrrp: Buffer) => void): string {
  const packet = Buffer.from(bytes);
  const [header, vrrp] = [packet.subarray(0, 20), packet.subarray(20)];
  change(header, vrrp);
  header.writeUInt16BE(0, 10);
  header.writeUInt16BE(internetChecksum(header), 10);
  vrrp.writeUInt16BE(0, 6);
  vrrp.writeUInt16BE(internetChecksum(vrrp), 6);
  return `01005e00001202000a0000640800${packet.toString('hex')}`;
}

for (const [lb03, lb04] of [
  ['holdfast', 'keepalived'],
  ['keepalived', 'holdfast'],
] as const) {
  describe(`${lb03} as lb03 and ${lb04} as lb04`, () => {
    let arena: Arena;
    before(async () => (arena = await buildArena(lb03, lb04)));
    after(() => takeDown(arena));

    tellOnFailure(() => arena);
    duel(() => arena);

    it('has sent nothing that Wireshark finds fault with', async () => {
      assert.deepEqual(await arena.capture.wiresharkComplaints(), []);
    });
  });
}

describe('holdfast beside keepalived', () => {
  let arena: Arena;
  tellOnFailure(() => arena);
  beforeEach(async () => (arena = await buildArena('holdfast', 'keepalived')));
  afterEach(() => takeDown(arena));

  const counters = async (): Promise<Readonly<Record<string, number>>> =>
    (await arena.lb03.state()).vrrp.instances[0]!.counters.dropped;

  const forge = (...frames: readonly string[]): Promise<string> =>
    arena.topology.host('client').run(process.execPath, join(ROOT, 'dist/test/lab/forge.js'), ...frames);

  it('stays master against a wrong password, counts each such advert and says so once', async () => {
    const { lb03, lb04, capture } = arena;
    lb04.reconfigure(vrrpPart('lb04').replace('auth_pass 1111', 'auth_pass 2222'));
    lb03.start();
    lb04.start();
    await Promise.all([lb03.becomes('MASTER'), lb04.becomes('MASTER')]);
    const theirs = await capture.advert(({ source }) => source === lb04.host.address);
    await eventually('the first is counted', async () => (await counters())['auth'] === 1);
    // keepalived starts its interval again with each advert it drops, so that it speaks but once beside a faster one:
    // the others are replayed.
    const again = forged(theirs, () => undefined);
    await forge(again, again, again);
    await eventually('the replayed are counted', async () => (await counters())['auth'] === 4);
    assert.deepEqual([await lb03.host.holds(VIP), await lb04.host.holds(VIP)], [true, true]);
    const said = lb03.lines.filter(({ text }) => text.includes('advert dropped') && text.includes('auth'));
    assert.equal(said.length, 1, lb03.daemon.tail());
  });

  it('drops an advert whose TTL is not 255, and obeys the same with 255', async () => {
    const { lb03, capture } = arena;
    lb03.start();
    await lb03.becomes('MASTER');
    const own = await capture.advert(({ source }) => source === lb03.host.address);
    const better = (ttl: number): string =>
      forged(own, (header, vrrp) => {
        header.set([10, 0, 0, 100], 12);
        header.writeUInt8(ttl, 8);
        vrrp.writeUInt8(200, 2);
      });
    await forge(better(254));
    await eventually('the drop is counted', async () => (await counters())['ttl'] === 1);
    assert.equal((await lb03.state()).vrrp.instances[0]!.role, 'MASTER');
    await forge(better(255));
    await lb03.becomes('BACKUP');
    assert.deepEqual((await lb03.state()).vrrp.instances[0]!.master, {
      address: '10.0.0.100',
      priority: 200,
    });
    await lb03.becomes('MASTER');
  });

  it('sends the same bytes as keepalived: adverts, goodbye and announcements', async () => {
    const { lb03, capture } = arena;
    const keepalived = new Director(lb03.host, 'keepalived', vrrpPart('lb03'), { vrrpOnly: true });
    const spoken = async (director: Director): Promise<string[]> => {
      const start = capture.frames.length;
      let since = nowMicros();
      director.start();
      for (let n = 0; n < 3; n++) since = (await capture.advert(() => true, { since })).at + 1;
      await Promise.all([director.stop(), capture.advert(({ priority }) => priority === 0, { since })]);
      const ours = capture.frames.slice(start).filter(frame => advert(frame) ?? arp(frame)?.sender === VIP);
      return ours.map(({ bytes }) => bytes.toString('hex'));
    };
    const theirs = await spoken(keepalived);
    keepalived.remove();
    assert.equal(theirs.length, 3 + 1 + 5, 'three adverts, a goodbye and five announcements');
    assert.deepEqual(await spoken(lb03), theirs);
  });
});
