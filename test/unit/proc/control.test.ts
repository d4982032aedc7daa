import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StateDocument } from '../../../src/ipc/document.js';
import { askAgent, type Answer } from '../../../src/io/state-client.js';
import type { ReloadAnswer } from '../../../src/proc/reload.js';
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

const NOTHING_NEW: ReloadAnswer = {
  file: 'ha.conf',
  ok: true,
  why: null,
  problems: [],
  plan: { instances: [], table: { lines: [], checksStarted: [], checksEnded: [], checksKept: 0 } },
};

const ask = (path: string, url: string, method: 'GET' | 'POST' = 'GET', text = ''): Promise<Answer> =>
  askAgent(path, method, url, text);

describe('proc: the control socket', () => {
  let folder: string;
  let path: string;
  let server: Server | undefined;
  const source = { healthy: true, ready: false };
  const asked: string[] = [];
  const open = async (): Promise<Server> =>
    (server = await openControl(path, {
      state: () => Promise.resolve(STATE),
      healthy: () => source.healthy,
      ready: () => source.ready,
      config: () => ({ file: 'ha.conf' }),
      plan: text => {
        asked.push(`plan ${text ?? 'of the file'}`);
        return Promise.resolve(NOTHING_NEW);
      },
      reload: by => {
        asked.push(`reload by ${by}`);
        return Promise.resolve(
          source.ready
            ? NOTHING_NEW
            : { ...NOTHING_NEW, ok: false, why: 'the file cannot be used', plan: null },
        );
      },
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
      body: { error: { code: 'method-not-allowed', message: '/v1/state takes GET, HEAD' } },
    });
  });
  it('gives what is in force, and what a file or a text would change', async () => {
    await open();
    assert.deepEqual(await ask(path, '/v1/config'), { status: 200, body: { file: 'ha.conf' } });
    asked.length = 0;
    assert.deepEqual(await ask(path, '/v1/plan'), { status: 200, body: NOTHING_NEW });
    assert.equal((await ask(path, '/v1/plan', 'POST', 'global_defs { }')).status, 200);
    assert.deepEqual(asked, ['plan of the file', 'plan global_defs { }']);
  });
  it('takes no text that has no end', async () => {
    await open();
    const { status, body } = await ask(path, '/v1/plan', 'POST', 'x'.repeat(17 * 1024 * 1024));
    assert.equal(status, 413);
    assert.equal((body as { error: { code: string } }).error.code, 'too-large');
  });
  it('reloads for root, whom it names', async () => {
    await open();
    asked.length = 0;
    source.ready = true;
    assert.equal((await ask(path, '/v1/reload', 'POST')).status, 200);
    assert.deepEqual(asked, [`reload by uid 0, pid ${process.pid}`]);
  });
  it('says why it did not reload', async () => {
    await open();
    source.ready = false;
    const { status, body } = await ask(path, '/v1/reload', 'POST');
    assert.equal(status, 422);
    assert.deepEqual((body as { error: unknown }).error, {
      code: 'config-refused',
      message: 'the file cannot be used',
    });
  });
  it('does not reload for everybody who may read', async () => {
    await open();
    asked.length = 0;
    chmodSync(folder, 0o755);
    chmodSync(path, 0o666);
    const { stdout } = await promisify(execFile)(
      'curl',
      ['-s', '-X', 'POST', '--unix-socket', path, 'http://localhost/v1/reload'],
      { uid: 65534, gid: 65534 },
    );
    assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'forbidden');
    assert.deepEqual(asked, []);
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
    await assert.rejects(open(), /in use/);
    assert.equal((await ask(path, '/healthz')).status, 200);
  });
  it('leaves alone what is no socket', async () => {
    path = join(folder, 'a-file');
    writeFileSync(path, 'precious');
    await assert.rejects(open(), /in use/);
    assert.ok(existsSync(path));
  });
});
