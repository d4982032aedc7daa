import assert from 'node:assert/strict';
import { seconds } from '../../../src/lib/units.js';
import { HeldAddresses } from '../../../src/vrrp/addresses.js';
import { FakeLinks } from '../../fakes/links.js';
import { ManualClock, turns } from '../../fakes/manual-clock.js';

const VIP = { address: '10.0.0.13', prefixLength: 24, interface: 'eth0' };

describe('vrrp: the addresses that an instance holds', () => {
  let kernel: FakeLinks;
  let clock: ManualClock;
  let held: HeldAddresses;
  let said: string[];
  let refused: string[];
  let repaired: number;

  beforeEach(() => {
    kernel = new FakeLinks('10.0.0.15');
    clock = new ManualClock();
    said = [];
    refused = [];
    repaired = 0;
    held = new HeldAddresses([VIP], kernel, clock, (_, sentence) => said.push(sentence), {
      refused: (_, code) => refused.push(code),
      repaired: () => repaired++,
    });
    kernel.watch(() => held.look());
  });

  it('asks before it returns: what is announced next is already there', () => {
    held.hold();
    assert.deepEqual(kernel.asked, ['add 10.0.0.13/24']);
    assert.ok(kernel.holds(VIP.address));
    assert.deepEqual(held.held(), [VIP]);
  });

  it('lets go of what a crash has left, and of nothing else', () => {
    void kernel.add(2, VIP);
    kernel.asked.length = 0;
    held.release();
    assert.deepEqual(kernel.asked, ['remove 10.0.0.13/24']);
    held.release();
    assert.deepEqual(kernel.asked, ['remove 10.0.0.13/24']);
  });

  it('leaves an address of another length alone: it is not ours', () => {
    void kernel.add(2, { ...VIP, prefixLength: 32 });
    held.release();
    assert.ok(kernel.holds(VIP.address));
  });

  it('puts an address on its interface once, however often the file has it', () => {
    held.change([VIP, VIP], nowhere);
    held.hold();
    held.release();
    assert.deepEqual(kernel.asked, ['add 10.0.0.13/24', 'remove 10.0.0.13/24']);
  });

  const OTHER = { address: '10.0.0.14', prefixLength: 24, interface: 'eth0' };
  const nowhere = (): boolean => false;

  it('changes its list as master: the new comes before the old goes, the rest is not touched', () => {
    held.hold();
    held.change([VIP, OTHER], nowhere);
    assert.deepEqual(held.held(), [VIP, OTHER]);
    kernel.asked.length = 0;
    const third = { ...VIP, address: '10.0.0.99' };
    assert.equal(held.change([OTHER, third], nowhere), true);
    assert.deepEqual(kernel.asked, ['add 10.0.0.99/24', 'remove 10.0.0.13/24']);
    assert.deepEqual(held.held(), [OTHER, third]);
  });

  it('says that nothing is new in a list that has only lost, or is in another order', () => {
    held.hold();
    held.change([VIP, OTHER], nowhere);
    kernel.asked.length = 0;
    assert.equal(held.change([OTHER, VIP], nowhere), false);
    assert.deepEqual(kernel.asked, []);
    assert.equal(held.change([VIP], nowhere), false);
    assert.deepEqual(kernel.asked, ['remove 10.0.0.14/24']);
  });

  it("leaves an address on that is another instance's from now on, and no longer cares for it", () => {
    held.hold();
    held.change([], address => address.address === VIP.address);
    assert.ok(kernel.holds(VIP.address));
    held.release();
    assert.ok(kernel.holds(VIP.address));
  });

  it('changes its list as backup: nothing is put on, and what is there of the new is taken off', () => {
    void kernel.add(2, OTHER);
    kernel.asked.length = 0;
    held.change([OTHER], nowhere);
    assert.deepEqual(kernel.asked, ['remove 10.0.0.14/24']);
    assert.ok(!kernel.holds(OTHER.address));
  });

  it('keeps an address that was there already', () => {
    void kernel.add(2, VIP);
    held.hold();
    assert.ok(kernel.holds(VIP.address));
    assert.deepEqual(said, []);
  });

  it('puts back what somebody took off, and says so', async () => {
    held.hold();
    await turns();
    await clock.advance(seconds(1));
    kernel.takeAway(VIP.address);
    assert.ok(kernel.holds(VIP.address));
    assert.deepEqual(said, ['address repaired']);
    assert.equal(repaired, 1);
  });

  it('is not drawn into a fight: five repairs a second at the most', async () => {
    held.hold();
    await turns();
    for (let i = 0; i < 100; i++) {
      kernel.takeAway(VIP.address);
      await clock.advance(seconds(0.02));
    }
    assert.ok(repaired >= 8 && repaired <= 11, `${repaired} repairs in 2 s`);
    await clock.advance(seconds(1));
    assert.ok(kernel.holds(VIP.address));
  });

  it('puts nothing back once it has let go', async () => {
    held.hold();
    await turns();
    held.release();
    await clock.advance(seconds(5));
    assert.ok(!kernel.holds(VIP.address));
    assert.deepEqual(said, []);
    assert.deepEqual(held.held(), []);
  });

  it('tries again when the kernel refuses, says it once and counts every time', async () => {
    kernel.refuse = 'EPERM';
    held.hold();
    await turns();
    await clock.advance(seconds(3));
    assert.deepEqual(said, ['address refused by the kernel']);
    assert.deepEqual(refused, ['EPERM', 'EPERM', 'EPERM', 'EPERM']);
    kernel.refuse = undefined;
    await clock.advance(seconds(1));
    assert.ok(kernel.holds(VIP.address));
  });

  it('sees that an address came and went before anybody looked', async () => {
    kernel.unwatch();
    held.hold();
    kernel.takeAway(VIP.address);
    await turns();
    await clock.advance(seconds(1));
    assert.ok(kernel.holds(VIP.address));
  });

  it('waits for an interface that is not there', async () => {
    kernel.vanish();
    held.hold();
    await clock.advance(seconds(1));
    assert.deepEqual(kernel.asked, []);
    assert.deepEqual(said, []);
  });
});
