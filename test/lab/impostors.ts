import assert from 'node:assert/strict';
import { join } from 'node:path';
import { internetChecksum } from '../../src/lib/checksum.js';
import { eventually } from './daemon.js';
import type { Director, DirectorKind } from './director.js';
import { buildArena, takeDown, tellOnFailure, vrrpPart, type Arena } from './duel.js';
import { ROOT, VIP } from './guide.js';
import type { SeenAdvert } from './pcap.js';

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

/** Registers the tests of adverts that must not be obeyed, for every holdfast of the two directors. */
export function impostors(lb03Kind: DirectorKind, lb04Kind: DirectorKind): void {
  let arena: Arena;
  tellOnFailure(() => arena);
  beforeEach(async () => (arena = await buildArena(lb03Kind, lb04Kind)));
  afterEach(() => takeDown(arena));

  const dropped = async (director: Director, reason: string): Promise<number> =>
    (await director.state()).vrrp.instances[0]!.counters.dropped[reason] ?? 0;

  const forge = (...frames: readonly string[]): Promise<string> =>
    arena.topology.host('client').run(process.execPath, join(ROOT, 'dist/test/lab/forge.js'), ...frames);

  const saidOfPassword = (director: Director): number =>
    director.lines.filter(({ text }) => text.includes('advert dropped') && text.includes('auth')).length;

  it('a wrong password: both are master, each such advert is counted, and it is said once', async () => {
    const { lb03, lb04, capture } = arena;
    lb04.reconfigure(vrrpPart('lb04').replace('auth_pass 1111', 'auth_pass 2222'));
    lb03.start();
    lb04.start();
    await Promise.all([lb03.becomes('MASTER'), lb04.becomes('MASTER')]);
    await eventually('both hold the address', async () => {
      return (await lb03.host.holds(VIP)) && (await lb04.host.holds(VIP));
    });
    for (const [director, other] of [
      [lb03, lb04],
      [lb04, lb03],
    ] as const) {
      if (director.kind !== 'holdfast') continue;
      const theirs = await capture.advert(({ source }) => source === other.host.address);
      await eventually('the first is counted', async () => (await dropped(director, 'auth')) >= 1);
      const before = await dropped(director, 'auth');
      // keepalived starts its interval again with each advert it drops, so that it speaks but once beside a faster
      // one: the others are replayed.
      const again = forged(theirs, () => undefined);
      await forge(again, again, again);
      await eventually(
        'the replayed are counted',
        async () => (await dropped(director, 'auth')) >= before + 3,
      );
      assert.equal(saidOfPassword(director), 1, director.tail());
      assert.equal((await director.state()).vrrp.instances[0]!.role, 'MASTER');
    }
  });

  if (lb03Kind === 'holdfast') {
    it('a forged TTL: a better router that was routed here is dropped and counted, the same from the link is obeyed', async () => {
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
      await eventually('the drop is counted', async () => (await dropped(lb03, 'ttl')) === 1);
      assert.equal((await lb03.state()).vrrp.instances[0]!.role, 'MASTER');
      await forge(better(255));
      await lb03.becomes('BACKUP');
      assert.deepEqual((await lb03.state()).vrrp.instances[0]!.master, {
        address: '10.0.0.100',
        priority: 200,
      });
      await lb03.becomes('MASTER');
    });
  }

  if (lb04Kind === 'holdfast') {
    it('a forged TTL: a goodbye in the name of the master does not move a backup', async () => {
      const { lb03, lb04, capture } = arena;
      lb03.start();
      await lb03.becomes('BACKUP');
      lb04.start();
      await lb03.becomes('MASTER');
      const ofMaster = ({ source }: SeenAdvert): boolean => source === lb03.host.address;
      const own = await capture.advert(ofMaster);
      const goodbye = forged(own, (header, vrrp) => {
        header.writeUInt8(254, 8);
        vrrp.writeUInt8(0, 2);
      });
      await forge(goodbye);
      await eventually('the drop is counted', async () => (await dropped(lb04, 'ttl')) === 1);
      // Two more adverts of the master are longer than the skew that a goodbye would have left.
      const next = await capture.advert(ofMaster, { since: own.at + 1 });
      await capture.advert(ofMaster, { since: next.at + 1 });
      const { role, counters } = (await lb04.state()).vrrp.instances[0]!;
      assert.deepEqual([role, counters.becameMaster], ['BACKUP', 0]);
    });
  }
}
