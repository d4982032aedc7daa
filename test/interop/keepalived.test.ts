import assert from 'node:assert/strict';
import { nowMicros } from '../lab/daemon.js';
import { Director } from '../lab/director.js';
import { buildArena, duel, takeDown, tellOnFailure, vrrpPart, type Arena } from '../lab/duel.js';
import { VIP } from '../lab/guide.js';
import { impostors } from '../lab/impostors.js';
import { advert, arp } from '../lab/pcap.js';

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
  describe(`${lb03} as lb03 and ${lb04} as lb04: adverts that must not be obeyed`, () =>
    impostors(lb03, lb04));
}

describe('holdfast beside keepalived', () => {
  let arena: Arena;
  tellOnFailure(() => arena);
  beforeEach(async () => (arena = await buildArena('holdfast', 'keepalived')));
  afterEach(() => takeDown(arena));

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
