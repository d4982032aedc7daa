import assert from 'node:assert/strict';
import type { ScriptEnd } from '../../../src/ports/script.js';
import { Notifier } from '../../../src/scripts/notifier.js';
import type { Command, Notify } from '../../../src/scripts/script.js';

const command = (...argv: string[]): Command => ({ argv, user: null, group: null, isSecure: false });

const NOTIFY: Notify = {
  instance: 'VI_1',
  on: { MASTER: command('/m'), STOP: command('/s') },
  any: command('/any', 'arg'),
};

describe('scripts: who is told of roles', () => {
  let ran: string[];
  let ends: ((end: ScriptEnd) => void)[];
  let said: string[];
  let notifier: Notifier;

  beforeEach(() => {
    ran = [];
    ends = [];
    said = [];
    notifier = new Notifier(
      {
        run: ({ argv }) => {
          ran.push(argv.join(' '));
          return new Promise(resolve => ends.push(resolve));
        },
      },
      (_, sentence, fields) => said.push(`${sentence}: ${Object.values(fields ?? {}).join(' ')}`),
    );
    notifier.change([NOTIFY, { ...NOTIFY, instance: 'VI_2' }]);
  });

  const end = async (how: ScriptEnd = { how: 'exited', code: 0 }): Promise<void> => {
    await new Promise(setImmediate);
    ends.shift()?.(how);
    await new Promise(setImmediate);
  };

  it('first the one for the state, then the one for all, with what has happened as arguments', async () => {
    notifier.tell('VI_1', 'MASTER', 150);
    await end();
    await end();
    assert.deepEqual(ran, ['/m', '/any arg INSTANCE VI_1 MASTER 150']);
  });

  it('one after the other for an instance, however long they take', async () => {
    notifier.tell('VI_1', 'MASTER', 150);
    notifier.tell('VI_1', 'BACKUP', 150);
    notifier.tell('VI_1', 'STOP', 150);
    await new Promise(setImmediate);
    assert.deepEqual(ran, ['/m']);
    for (let i = 0; i < 5; i++) await end();
    await notifier.settled();
    assert.deepEqual(ran, [
      '/m',
      '/any arg INSTANCE VI_1 MASTER 150',
      '/any arg INSTANCE VI_1 BACKUP 150',
      '/s',
      '/any arg INSTANCE VI_1 STOP 150',
    ]);
  });

  it('side by side for two instances', async () => {
    notifier.tell('VI_1', 'MASTER', 150);
    notifier.tell('VI_2', 'MASTER', 150);
    await new Promise(setImmediate);
    assert.deepEqual(ran, ['/m', '/m']);
  });

  it('not again for a role that it has had already: a process that died and goes on is no news', async () => {
    notifier.tell('VI_1', 'BACKUP', 150);
    notifier.tell('VI_1', 'BACKUP', 150);
    await end();
    await notifier.settled();
    assert.deepEqual(ran, ['/any arg INSTANCE VI_1 BACKUP 150']);
  });

  it('a program that ends badly is said, and the next is run', async () => {
    notifier.tell('VI_1', 'MASTER', 150);
    await end({ how: 'exited', code: 3 });
    await end({ how: 'late' });
    await notifier.settled();
    assert.deepEqual(said, [
      'notify script ran badly: VI_1 MASTER /m exit status 3',
      'notify script ran badly: VI_1 MASTER /any took too long',
    ]);
  });

  it('nobody of an instance that has none', () => {
    notifier.change([]);
    notifier.tell('VI_1', 'MASTER', 150);
    assert.deepEqual(ran, []);
  });
});
