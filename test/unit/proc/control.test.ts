import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateDocument } from '../../../src/ipc/document.js';
import { fetchState } from '../../../src/io/state-client.js';
import { closeControl, openControl, type ControlSource } from '../../../src/proc/control.js';

const STATE: StateDocument = {
  version: '0.0.0',
  hostname: 'lb03',
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  config: { file: 'f', loadedAt: '2026-01-01T00:00:00.000Z', sha256: '' },
  processes: [],
  vrrp: { instances: [], groups: [], dropped: {} },
  ipvs: { inSync: true, checkedAt: null, refused: [], services: [] },
};

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function ask(socketPath: string, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const question = request({ socketPath, path, method }, answer => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as unknown }));
    });
    question.on('error', reject);
    question.end();
  });
}

describe('proc: the control socket', () => {
  let folder: string;
  let path: string;
  let server: Server | undefined;
  const source = { healthy: true, ready: false };
  const open = async (): Promise<Server> =>
    (server = await openControl(path, {
      state: () => Promise.resolve(STATE),
      healthy: () => source.healthy,
      ready: () => source.ready,
    } satisfies ControlSource));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    path = join(folder, 'deep', 'holdfast.sock');
  });
  afterEach(() => {
    if (server !== undefined) closeControl(server, path);
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  it('gives the state', async () => {
    await open();
    assert.deepEqual(await ask(path, '/v1/state'), { status: 200, body: STATE });
    assert.deepEqual(await ask(path, '/v1/state?pretty'), { status: 200, body: STATE });
    assert.deepEqual(await fetchState(path), STATE);
  });
  it('says whether it is well, and whether it is ready', async () => {
    await open();
    assert.deepEqual(await ask(path, '/healthz'), { status: 200, body: { ok: true } });
    assert.deepEqual(await ask(path, '/readyz'), { status: 503, body: { ok: false } });
  });
  it('names what is not there, and what may only be read', async () => {
    await open();
    assert.deepEqual(await ask(path, '/v2'), {
      status: 404,
      body: { error: { code: 'not-found', message: 'there is nothing at /v2' } },
    });
    assert.deepEqual(await ask(path, '/v1/state', 'POST'), {
      status: 405,
      body: { error: { code: 'method-not-allowed', message: '/v1/state can only be read' } },
    });
  });
  it('is for its owner and its group alone, and gone afterwards', async () => {
    const listening = await open();
    assert.equal(statSync(path).mode & 0o777, 0o660);
    closeControl(listening, path);
    server = undefined;
    assert.ok(!existsSync(path));
  });
  it('takes the place of an agent that died, not of one that lives', async () => {
    await open();
    await assert.rejects(
      openControl(path, { state: () => Promise.resolve(STATE), healthy: () => true, ready: () => true }),
      /in use/,
    );
    assert.equal((await ask(path, '/healthz')).status, 200);
  });
  it('leaves alone what is no socket', async () => {
    path = join(folder, 'a-file');
    writeFileSync(path, 'precious');
    await assert.rejects(open(), /in use/);
    assert.ok(existsSync(path));
  });
});
