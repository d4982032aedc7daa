import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Link, LinkView } from '../../src/ports/links.js';
import { eventually } from './daemon.js';
import { run } from './host.js';
import type { LinksOrder } from './links-probe.js';

const NAMESPACE = `hf-links-${process.pid}`;
const VIP = { address: '10.0.0.13', prefixLength: 24 };

describe('links and addresses of the real kernel', () => {
  let probe: ChildProcessByStdio<Writable, Readable, null>;
  let answers: AsyncIterator<string>;
  let eth0: Link;

  const ip = (...args: string[]): Promise<string> => run(['ip', '-n', NAMESPACE, ...args]);
  const order = async (what: LinksOrder): Promise<unknown> => {
    probe.stdin.write(`${JSON.stringify(what)}\n`);
    const { value } = (await answers.next()) as IteratorResult<string, undefined>;
    return JSON.parse(value ?? 'null') as unknown;
  };
  const view = (): Promise<LinkView> => order({ do: 'view' }) as Promise<LinkView>;
  const shown = async (): Promise<string[]> =>
    (await view()).addresses
      .filter(a => a.interfaceIndex === eth0.index)
      .map(a => `${a.address}/${a.prefixLength}${a.secondary ? ' secondary' : ''}`);
  const comesToShow = (expected: readonly string[]): Promise<unknown> =>
    eventually(`the view to be ${expected.join(', ')}`, async () => {
      const now = (await shown()).filter(a => !a.startsWith('fe80'));
      return JSON.stringify([...now].sort()) === JSON.stringify([...expected].sort());
    });

  beforeEach(async () => {
    await run(['ip', 'netns', 'add', NAMESPACE]);
    await ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
    await ip('link', 'set', 'eth0', 'up');
    await ip('link', 'set', 'peer0', 'up');
    await ip('addr', 'add', '10.0.0.15/24', 'dev', 'eth0');
    const script = fileURLToPath(new URL('./links-probe.js', import.meta.url));
    probe = spawn('ip', ['netns', 'exec', NAMESPACE, 'node', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    answers = createInterface({ input: probe.stdout })[Symbol.asyncIterator]();
    eth0 = (await view()).links.find(link => link.name === 'eth0')!;
  });
  afterEach(async () => {
    probe.kill('SIGKILL');
    await run(['ip', 'netns', 'del', NAMESPACE]);
  });

  it('are read at once', async () => {
    assert.equal(eth0.up, true);
    assert.equal(eth0.mtu, 1500);
    assert.equal(Object.keys(eth0.mac).length, 6);
    await comesToShow(['10.0.0.15/24']);
  });

  it("a VIP of the interface's own network is put there as its secondary, as the guide shows it", async () => {
    assert.deepEqual(await order({ do: 'add', interfaceIndex: eth0.index, prefix: VIP }), {});
    await comesToShow(['10.0.0.15/24', '10.0.0.13/24 secondary']);
    assert.match(
      await ip('-4', 'addr', 'show', 'eth0'),
      /inet 10\.0\.0\.13\/24 scope global secondary eth0\n/,
    );
  });

  it('adding what is there and removing what is gone are no failures', async () => {
    for (const what of ['add', 'add', 'remove', 'remove'] as const) {
      assert.deepEqual(await order({ do: what, interfaceIndex: eth0.index, prefix: VIP }), {});
    }
    await comesToShow(['10.0.0.15/24']);
  });

  it('what the kernel refuses comes back by its name', async () => {
    assert.deepEqual(await order({ do: 'add', interfaceIndex: 999, prefix: VIP }), { code: 'ENODEV' });
  });

  it('a VIP that came first in its network goes without taking the others along', async () => {
    await ip('addr', 'del', '10.0.0.15/24', 'dev', 'eth0');
    await order({ do: 'add', interfaceIndex: eth0.index, prefix: VIP });
    await ip('addr', 'add', '10.0.0.15/24', 'dev', 'eth0');
    await comesToShow(['10.0.0.13/24', '10.0.0.15/24 secondary']);
    assert.deepEqual(await order({ do: 'remove', interfaceIndex: eth0.index, prefix: VIP }), {});
    await comesToShow(['10.0.0.15/24']);
    const sysctl = await run([
      'ip',
      'netns',
      'exec',
      NAMESPACE,
      'cat',
      '/proc/sys/net/ipv4/conf/eth0/promote_secondaries',
    ]);
    assert.equal(sysctl.trim(), '0', 'the setting is as it was before');
  });

  it('what others do is seen: links down, up, renamed and gone, addresses on and off', async () => {
    await ip('addr', 'add', '10.0.0.99/32', 'dev', 'eth0');
    await comesToShow(['10.0.0.15/24', '10.0.0.99/32']);
    await ip('addr', 'del', '10.0.0.99/32', 'dev', 'eth0');
    await comesToShow(['10.0.0.15/24']);
    const is = (name: string, up: boolean): Promise<unknown> =>
      eventually(`${name} ${up ? 'up' : 'down'}`, async () =>
        (await view()).links.some(l => l.name === name && l.up === up),
      );
    await ip('link', 'set', 'peer0', 'down');
    await is('eth0', false);
    await ip('link', 'set', 'peer0', 'up');
    await is('eth0', true);
    await ip('link', 'set', 'eth0', 'down');
    await ip('link', 'set', 'eth0', 'name', 'lan0');
    await is('lan0', false);
    await ip('link', 'del', 'lan0');
    await eventually('no link but lo', async () => (await view()).links.every(l => l.name === 'lo'));
  });

  it('when there is more news than room for it, everything is read again', async () => {
    probe.kill('SIGSTOP');
    const lines = Array.from({ length: 4000 }, (_, i) => `addr add 10.9.${i >> 8}.${i & 255}/32 dev eth0`);
    await run(['ip', '-n', NAMESPACE, '-batch', '-'], lines.join('\n'));
    probe.kill('SIGCONT');
    await eventually(
      'all 4001 addresses',
      async () => (await shown()).filter(a => !a.startsWith('fe80')).length === 4001,
    );
  });
});
