import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './daemon.js';
import { Director, type DirectorKind } from './director.js';
import { vrrpPart } from './duel.js';
import { GUIDE_DIRECTORS } from './guide.js';
import { Topology } from './topology.js';

/** A master alone: starts, loses its cable, gets it back, is stopped. @returns what its scripts were told, in order */
async function told(kind: DirectorKind): Promise<string[]> {
  const topology = await Topology.create(GUIDE_DIRECTORS);
  const director = new Director(topology.host('lb03'), kind, '', { vrrpOnly: true });
  try {
    const [script, log] = [join(director.folder, 'notify.sh'), join(director.folder, 'told')];
    writeFileSync(log, '');
    writeFileSync(script, `#!/bin/sh\necho "$*" >> ${log}\n`, { mode: 0o755 });
    const words = ['master', 'backup', 'fault', 'stop'].map(state => `notify_${state} "${script} ${state}"`);
    director.reconfigure(
      `global_defs {\n  script_user root\n}\n${vrrpPart('lb03')
        .replace(/global_defs[^}]*\}/, '')
        .replace('advert_int 1', ['advert_int 1', ...words, `notify "${script} any"`].join('\n'))}`,
    );
    const lines = (): string[] => readFileSync(log, 'utf8').trim().split('\n');
    const hears = (word: string, times: number): Promise<unknown> =>
      eventually(`"${word}" for the ${times}. time`, () =>
        Promise.resolve(lines().filter(line => line === word).length >= times),
      );
    director.start();
    await hears('any INSTANCE VI_1 MASTER 150', 1);
    await topology.wire.cable(director.host, 'out');
    await hears('any INSTANCE VI_1 FAULT 150', 1);
    await topology.wire.cable(director.host, 'in');
    await hears('any INSTANCE VI_1 MASTER 150', 2);
    await director.stop();
    await hears('any INSTANCE VI_1 STOP 150', 1);
    return lines();
  } finally {
    director.remove();
    topology.remove();
  }
}

describe('notify scripts', () => {
  it('are told what keepalived tells them, the one for the state first', async () => {
    const ours = await told('holdfast');
    assert.deepEqual(ours, [
      ...['backup', 'any INSTANCE VI_1 BACKUP 150'],
      ...['master', 'any INSTANCE VI_1 MASTER 150'],
      ...['fault', 'any INSTANCE VI_1 FAULT 150'],
      ...['backup', 'any INSTANCE VI_1 BACKUP 150'],
      ...['master', 'any INSTANCE VI_1 MASTER 150'],
      ...['stop', 'any INSTANCE VI_1 STOP 150'],
    ]);
    // keepalived starts both at once, and promises no order.
    assert.deepEqual([...(await told('keepalived'))].sort(), [...ours].sort());
  });
});
