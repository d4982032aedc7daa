import assert from 'node:assert/strict';
import { instant } from '../../../src/lib/units.js';
import { Heirloom } from '../../../src/proc/heirloom.js';
import { respawnPause } from '../../../src/proc/respawn.js';
import { readSettings } from '../../../src/proc/settings.js';
import { guideInstance } from '../../sim/lan.js';

describe('proc: when a child that died is started again', () => {
  const deaths = (...at: number[]) => at.map(s => instant(s * 1000));
  for (const [name, died, now, pause] of [
    ['at once', deaths(10), 10, 0],
    ['at once, five times a minute', deaths(1, 2, 3, 4, 5), 5, 0],
    ['after a second when it dies a sixth time', deaths(1, 2, 3, 4, 5, 6), 6, 1000],
    ['after twice as long each time', deaths(1, 2, 3, 4, 5, 6, 7, 8), 8, 4000],
    ['after a minute at the most', deaths(...Array.from({ length: 30 }, (_, i) => i)), 30, 60_000],
    ['at once again when the deaths are long past', deaths(1, 2, 3, 4, 5, 6, 100), 100, 0],
  ] as const) {
    it(name, () => assert.equal(respawnPause(died, instant(now * 1000)), pause));
  }
});

describe('proc: settings', () => {
  const none = { environment: {}, flags: {} };
  it('have defaults', () => {
    const settings = readSettings(none);
    assert.equal(settings.socket, '/run/holdfast/holdfast.sock');
    assert.equal(settings.logFormat, 'text');
    assert.equal(settings.announceWith, 'packet');
    assert.equal(settings.realtime, true);
  });
  it('come from file, environment and flags, of which the last wins', () => {
    const file = { name: 's.yaml', value: { socket: '/file', stateDir: '/file', log: { level: 'error' } } };
    const environment = {
      HOLDFAST_SOCKET: '/environment',
      HOLDFAST_STATE_DIR: '/environment',
      HOLDFAST_VRRP_REALTIME: 'false',
    };
    const settings = readSettings({ file, environment, flags: { socket: '/flag' } });
    assert.deepEqual(
      [settings.socket, settings.stateDir, settings.logLevel, settings.realtime],
      ['/flag', '/environment', 'error', false],
    );
  });
  it('are refused when they are unknown or wrong', () => {
    assert.throws(() => readSettings({ ...none, file: { name: 's', value: { sockt: '/x' } } }), /sockt/);
    assert.throws(() => readSettings({ ...none, flags: { 'log-level': 'loud' } }), /log\.level/);
    assert.throws(
      () => readSettings({ ...none, environment: { HOLDFAST_ANNOUNCE_WITH: 'pigeon' } }),
      /announce\.with/,
    );
  });
});

describe('proc: what a vrrp process leaves behind', () => {
  const vip = { address: '10.0.0.13', prefixLength: 24, interface: 'no-such0' };

  it('an instance with a new name takes its addresses along: none of them is left to nobody', async () => {
    const off: unknown[] = [];
    const heirloom = new Heirloom([guideInstance(150)], (_, __, fields) => off.push(fields?.['address']));
    heirloom.roleChanged('VI_1', 'MASTER', [vip]);
    heirloom.change([guideInstance(150, { name: 'WEB' })]);
    heirloom.holds('WEB', [vip]);
    await heirloom.release('a test');
    assert.deepEqual(off, ['10.0.0.13/24']);
  });

  it('an instance that holds nothing leaves nothing', async () => {
    const off: unknown[] = [];
    const heirloom = new Heirloom([guideInstance(150)], (_, __, fields) => off.push(fields?.['address']));
    heirloom.roleChanged('VI_1', 'MASTER', [vip]);
    heirloom.roleChanged('VI_1', 'BACKUP', []);
    await heirloom.release('a test');
    assert.deepEqual(off, []);
  });
});
