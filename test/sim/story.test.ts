import assert from 'node:assert/strict';
import { millis, seconds } from '../../src/lib/units.js';
import { guideInstance, Lan, type Machine } from './lan.js';

/** The guide's pair, told as a story with times to the millisecond. */
describe("sim: the guide's pair", () => {
  let lan: Lan;
  let lb03: Machine;
  let lb04: Machine;

  beforeEach(() => {
    lan = new Lan();
    lb03 = lan.join('lb03', '10.0.0.15', guideInstance(150, { startAs: 'MASTER' }));
    lb04 = lan.join('lb04', '10.0.0.16', guideInstance(100));
    lb03.start();
    lb04.start();
    lan.run(seconds(10));
    lan.story.length = 0;
  });

  const roles = (): string[] =>
    lan.machines.map(m => `${m.name} ${m.role}${m.holdsVip ? ' with the address' : ''}`);

  it('elects the greater priority, and it alone holds the address', () => {
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
  });

  it('a planned stop: the address stays until the successor has announced it', () => {
    lb03.stop();
    lan.run(millis(609));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
    lan.run(millis(1));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 MASTER with the address']);
    lan.run(millis(1));
    assert.deepEqual(roles(), ['lb03 DEAD', 'lb04 MASTER with the address']);
    assert.deepEqual(lan.story, [
      '10.000 lb03 handing over VI_1 a successor has announced the addresses',
      '10.609 lb04 role changed VI_1 BACKUP MASTER master-left',
      '10.610 lb03 role changed VI_1 MASTER INIT shutdown',
    ]);
  });

  it('a planned stop whose successor announces nothing: its advert and a tenth of a second are enough', () => {
    lan.announce = () => undefined;
    lb03.stop();
    lan.run(millis(709));
    assert.equal(lb03.holdsVip, true);
    lan.run(millis(1));
    assert.deepEqual(roles(), ['lb03 DEAD', 'lb04 MASTER with the address']);
  });

  it('a planned stop with nobody left to take over ends after the longest skew and a margin', () => {
    lb04.crash(true);
    lb03.stop();
    lan.run(millis(1096));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 DEAD']);
    lan.run(millis(1));
    assert.deepEqual(roles(), ['lb03 DEAD', 'lb04 DEAD']);
  });

  it('a backup is reloaded with the greater priority: it takes over after its whole wait, and nothing is lost', () => {
    lb04.reload({ priority: 200 });
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
    lan.run(seconds(5));
    assert.deepEqual(roles(), ['lb03 BACKUP', 'lb04 MASTER with the address']);
  });

  it('a backup that is reloaded again and again still takes over at the formula', () => {
    lb03.crash(true);
    for (let i = 0; i < 30; i++) {
      lan.run(millis(100));
      lb04.reload({ name: `VI_${i}` });
    }
    lan.run(millis(100));
    assert.equal(lb04.role, 'MASTER');
  });

  it('the whole master dies: the backup speaks at the formula', () => {
    lb03.crash(true);
    lan.run(seconds(10));
    // The last advert was sent at 9.414 s and arrived 0.1 ms later; three intervals and 156/256 s on.
    assert.deepEqual(lan.story, ['13.024 lb04 role changed VI_1 BACKUP MASTER master-silent']);
  });

  it('the agent dies and is back in time: still master, the address never off', () => {
    lb03.kernel.asked.length = 0;
    lb03.crash(false);
    lan.run(seconds(1));
    lb03.start();
    lan.run(seconds(10));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
    assert.deepEqual(lb03.kernel.asked, ['add 10.0.0.13/24']);
    assert.deepEqual(lan.story, ['11.000 lb03 role changed VI_1 INIT MASTER resumed']);
  });

  it('the agent dies and is back too late: it lets go first, listens, and pre-empts in its turn', () => {
    lb03.crash(false);
    lan.run(seconds(2.5));
    lb03.start();
    assert.equal(lb03.holdsVip, false);
    lan.run(seconds(10));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
    assert.deepEqual(
      lan.story.map(line => line.replace(/^\S+ /, '')),
      [
        'lb03 role changed VI_1 INIT BACKUP startup',
        'lb04 role changed VI_1 BACKUP MASTER master-silent',
        'lb03 role changed VI_1 BACKUP MASTER preempting',
        'lb04 role changed VI_1 MASTER BACKUP higher-priority 10.0.0.15 150',
      ],
    );
  });

  it('the cable is pulled and plugged in: fault at once, then the whole wait', () => {
    lb03.kernel.set({ up: false });
    assert.deepEqual(roles(), ['lb03 FAULT', 'lb04 BACKUP']);
    lan.run(seconds(5));
    assert.deepEqual(roles(), ['lb03 FAULT', 'lb04 MASTER with the address']);
    lb03.kernel.set({ up: true });
    lan.run(millis(3413));
    assert.equal(lb03.role, 'BACKUP');
    lan.run(millis(2));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
  });

  it('somebody takes the address off: it is back, the role stays', () => {
    lb03.kernel.takeAway('10.0.0.13');
    lan.run(seconds(1));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
    assert.deepEqual(lan.story, ['10.000 lb03 address repaired VI_1 10.0.0.13/24 eth0 somebody took it off']);
  });

  it('the wire is cut in one direction: two masters, and one again when it is mended', () => {
    lan.cuts.add('lb03>lb04');
    lan.run(seconds(5));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 MASTER with the address']);
    lan.cuts.clear();
    lan.run(seconds(1.1));
    assert.deepEqual(roles(), ['lb03 MASTER with the address', 'lb04 BACKUP']);
  });

  it('a wrong password makes two masters, and each says so once', () => {
    const other = lan.join(
      'lb05',
      '10.0.0.20',
      guideInstance(200, { authentication: { type: 'PASS', password: 'other' } }),
    );
    other.start();
    lan.run(seconds(20));
    assert.equal(other.role, 'MASTER');
    assert.equal(lb03.role, 'MASTER');
    const said = lan.story.filter(line => line.includes('advert dropped'));
    assert.deepEqual(said.map(line => line.replace(/^\S+ /, '')).sort(), [
      'lb03 advert dropped VI_1 auth 10.0.0.20',
      'lb04 advert dropped VI_1 auth 10.0.0.20',
      'lb05 advert dropped VI_1 auth 10.0.0.15',
    ]);
  });
});
