import { strict as assert } from 'node:assert';
import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { skip } from '../skip.js';
import { run } from './host.js';
import type { Host } from './host.js';
import { Topology } from './topology.js';

/** Runs what it is told, with the sockets in reach, and answers with what came of it. */
const AGENT = `
  const io = Object.assign({}, ...await Promise.all(
    ['native', 'advert-socket', 'frame-socket'].map(name => import(process.argv[1] + name + '.js'))));
  const kept = {};
  const Body = Object.getPrototypeOf(async () => {}).constructor;
  process.on('message', async body => {
    try {
      process.send({ value: await new Body('io', 'kept', body)(io, kept) });
    } catch (error) {
      process.send({ error: error.stack });
    }
  });
`;

/** A Node process on a host of the lab. */
class Agent {
  readonly #child: ChildProcess;

  constructor(host: Host) {
    const [command = '', ...args] = host.inside([process.execPath]);
    this.#child = fork(fileURLToPath(new URL('../../src/io/', import.meta.url)), {
      execPath: command,
      execArgv: [...args, '--input-type=module', '-e', AGENT],
    });
  }

  /** Runs the body of an async function of `io` and `kept`; what it returns comes back as JSON does. */
  run(body: string): Promise<unknown> {
    return new Promise((done, fail) => {
      this.#child.once('message', ({ value, error }: { value?: unknown; error?: string }) => {
        if (error === undefined) done(value);
        else fail(new Error(error));
      });
      this.#child.send(body);
    });
  }

  stop(): void {
    this.#child.kill();
  }
}

/** keepalived's own bytes, from 10.0.0.1, VRID 51, priority 100, as captured, without the IP checksum. */
const ADVERT =
  '45c0002800010000ff7000000a000001e0000012' + '2133ff010001d565' + '0a000064' + '0000000000000000';

describe('native sockets on a link', function () {
  this.timeout(30_000);
  let lan: Topology;
  let a: Agent;
  let b: Agent;
  let hostA: Host;
  let hostB: Host;

  before(async function () {
    if (process.getuid?.() !== 0) skip(this, 'namespaces need root');
    lan = await Topology.create([
      { name: 'left', address: '10.0.0.1' },
      { name: 'right', address: '10.0.0.2' },
    ]);
    [hostA, hostB] = [lan.host('left'), lan.host('right')];
  });
  after(() => lan.remove());
  beforeEach(async () => {
    [a, b] = [new Agent(hostA), new Agent(hostB)];
    await Promise.all(
      [a, b].map(agent =>
        agent.run(`
          const { readFileSync } = await import('node:fs');
          const interfaceIndex = Number(readFileSync('/sys/class/net/eth0/ifindex', 'utf8'));
          Object.assign(kept, { interfaceIndex, heard: [] });
          const onPackets = batch => kept.heard.push(...batch);
          const options = { interfaceName: 'eth0', interfaceIndex, group: '224.0.0.18', onPackets };
          kept.port = io.openAdvertSocket(options);
          kept.group = Uint8Array.of(224, 0, 0, 18);
          kept.advert = Buffer.from('${ADVERT}', 'hex');
        `),
      ),
    );
  });
  afterEach(() => {
    a.stop();
    b.stop();
  });

  it('carry an advert to the group, byte for byte as keepalived’s, and not back to its sender', async () => {
    const sent = (await a.run(
      `return [kept.port.send(kept.advert, kept.group) ?? 'sent', io.now()]`,
    )) as unknown[];
    assert.equal(sent[0], 'sent');
    await sleep(50);
    const heard = (await b.run(`
      kept.port.drain();
      return kept.heard.map(p => ({ ...p, hex: Buffer.from(p.bytes).toString('hex'),
        from: [...p.source].join('.'), to: [...p.destination].join('.'), own: p.interfaceIndex === kept.interfaceIndex }));
    `)) as { hex: string; from: string; to: string; ttl: number; own: boolean; receivedAt: number }[];
    assert.equal(heard.length, 1);
    const [got] = heard;
    assert.equal(got!.hex, ADVERT.replace('ff700000', 'ff70d091'));
    assert.deepEqual([got!.from, got!.to, got!.ttl, got!.own], ['10.0.0.1', '224.0.0.18', 255, true]);
    assert.ok(Math.abs(got!.receivedAt - Number(sent[1])) < 20, `${got!.receivedAt} ${String(sent[1])}`);
    assert.equal(await a.run(`kept.port.drain(); return kept.heard.length`), 0);
  });

  it('tell when a packet came, not when the loop came to read it', async () => {
    const stalled = b.run(`
      for (const end = io.now() + 600; io.now() < end; );
      kept.port.drain();
      return [kept.heard[0].receivedAt, io.now()];
    `);
    await sleep(200);
    const sentAt = Number(await a.run(`kept.port.send(kept.advert, kept.group); return io.now()`));
    const [receivedAt = 0, readAt = 0] = (await stalled) as number[];
    assert.ok(Math.abs(receivedAt - sentAt) < 20, `sent ${sentAt}, received ${receivedAt}`);
    assert.ok(readAt - receivedAt > 100, `received ${receivedAt}, read ${readAt}`);
  });

  it('hear unicast, but neither other groups nor other interfaces', async () => {
    await hostB.ip('link', 'add', 'other', 'type', 'veth', 'peer', 'other-end');
    for (const end of ['other', 'other-end']) await hostB.ip('link', 'set', end, 'up');
    await hostB.ip('addr', 'add', '10.9.0.1/24', 'dev', 'other');
    // Another program of this host is in another group, and the link brings it in.
    await b.run(`
      kept.other = io.openRawSocket({ family: 'ipv4', protocol: 112,
        group: { address: Uint8Array.of(224, 0, 0, 99), interfaceIndex: kept.interfaceIndex } }, () => {});
      kept.inner = io.openRawSocket({ family: 'ipv4', protocol: 112 });
      kept.inner.send(Buffer.from('inner'), Uint8Array.of(10, 9, 0, 1), 0, false);
    `);
    const said = await a.run(`
      const to = (...address) => kept.port.send(
        Buffer.concat([kept.advert.subarray(0, 16), Uint8Array.from(address), kept.advert.subarray(20)]), Uint8Array.from(address));
      return [to(224, 0, 0, 99) ?? 'sent', to(10, 0, 0, 2) ?? 'sent'];
    `);
    assert.deepEqual(said, ['sent', 'sent']);
    await sleep(50);
    assert.deepEqual(await b.run(`return kept.heard.map(p => [...p.destination].join('.'))`), ['10.0.0.2']);
    await hostB.ip('link', 'del', 'other');
  });

  it('carry IPv6 adverts, with a checksum of the kernel’s, from a link-local address', async () => {
    const open = `
      const group = Uint8Array.from([0xff, 2, ...Array(13).fill(0), 0x12]);
      kept.six = io.openRawSocket({ family: 'ipv6', protocol: 112, interfaceName: 'eth0',
        settings: { multicastAll: 0, multicastLoop: 0, multicastTtl: 255, checksumOffset: 6, trafficClass: 0xc0,
          multicastInterface: kept.interfaceIndex },
        group: { address: group, interfaceIndex: kept.interfaceIndex } }, batch => kept.heard.push(...batch));
    `;
    await b.run(open);
    // A new link-local address is tentative for about two seconds.
    for (let tries = 0; tries < 50; tries++) {
      const said = await a.run(`
        ${tries === 0 ? open : 'const group = Uint8Array.from([0xff, 2, ...Array(13).fill(0), 0x12]);'}
        return kept.six.send(Buffer.from('3133ff0100640000' + '0a000064', 'hex'), group, kept.interfaceIndex, false) ?? 'sent';
      `);
      if (said === 'sent') break;
      assert.equal(said, 'EADDRNOTAVAIL');
      await sleep(100);
    }
    await sleep(50);
    const [got] = (await b.run(`
      return kept.heard.map(p => [[...p.source.subarray(0, 2)], p.destination[15], p.ttl, p.bytes.length, p.bytes[6] | p.bytes[7]]);
    `)) as [number[], number, number, number, number][];
    assert.deepEqual(got?.slice(0, 4), [[0xfe, 0x80], 0x12, 255, 12]);
    assert.notEqual(got[4], 0);
  });

  it('bind to an address that is not there yet', async () => {
    const said = await a.run(`
      const socket = io.openRawSocket({ family: 'ipv4', protocol: 112 });
      const refused = (() => { try { socket.bind(Uint8Array.of(10, 0, 0, 77), 0); } catch (error) { return error.code; } })();
      socket.set('freebind', 1);
      socket.bind(Uint8Array.of(10, 0, 0, 77), 0);
      return refused;
    `);
    assert.equal(said, 'EADDRNOTAVAIL');
  });

  it('name what an interface that is down or gone refuses, and work on when it is back', async () => {
    await a.run(`
      kept.frames = io.openFrameSocket(kept.interfaceIndex);
      kept.arp = [];
      kept.tap = io.openPacketSocket({ interfaceIndex: kept.interfaceIndex, etherType: 0x88b5 }, batch => kept.arp.push(...batch));
      kept.frame = Buffer.concat([Buffer.alloc(6, 255), Buffer.alloc(6, 2), Uint8Array.of(0x88, 0xb5), Buffer.alloc(46)]);
    `);
    await b.run(`kept.frames = io.openFrameSocket(kept.interfaceIndex)`);
    const send = `return [kept.port.send(kept.advert, kept.group) ?? 'sent', kept.frames.send(kept.frame) ?? 'sent',
      kept.frames.sendAll([kept.frame]) ?? 'sent']`;
    assert.deepEqual(await a.run(send), ['sent', 'sent', 'sent']);
    await hostA.ip('link', 'set', 'eth0', 'down');
    const [advert, ...frames] = (await a.run(send)) as string[];
    assert.match(advert ?? '', /^(ENETUNREACH|ENETDOWN)$/);
    assert.deepEqual(frames, ['ENETDOWN', 'ENETDOWN']);
    await hostA.ip('link', 'set', 'eth0', 'up');
    await sleep(100);
    assert.deepEqual(await a.run(send), ['sent', 'sent', 'sent']);
    // The tap was told of the failure, which ends a watch of libuv's; it must have gone on.
    await b.run(`
      kept.advert[15] = 2; // what claims to come from the receiver itself, the receiver's kernel drops
      kept.port.send(kept.advert, kept.group);
      kept.frames.send(Buffer.concat([Buffer.alloc(6, 255), Buffer.alloc(6, 4), Uint8Array.of(0x88, 0xb5), Buffer.alloc(46)]));
    `);
    await sleep(50);
    assert.deepEqual(await a.run(`return [kept.arp.length, kept.heard.length]`), [1, 1]);
    await hostA.ip('link', 'add', 'gone', 'type', 'veth', 'peer', 'gone-end');
    for (const end of ['gone', 'gone-end']) await hostA.ip('link', 'set', end, 'up');
    const index = JSON.parse(await hostA.ip('-json', 'link', 'show', 'gone')) as { ifindex: number }[];
    await a.run(`
      kept.onGone = io.openFrameSocket(${index[0]!.ifindex});
      kept.advertsOnGone = io.openAdvertSocket({ interfaceName: 'gone', interfaceIndex: ${index[0]!.ifindex}, group: '224.0.0.18', onPackets() {} });
    `);
    await hostA.ip('link', 'del', 'gone');
    assert.deepEqual(
      await a.run(`return [kept.onGone.send(kept.frame), kept.advertsOnGone.send(kept.advert, kept.group)]`),
      ['ENXIO', 'ENODEV'],
    );
    await a.run(`kept.advertsOnGone.drain(); kept.advertsOnGone.close(); kept.onGone.close()`);
  });

  it('announce 200 addresses five times in one burst, all of which arrives', async () => {
    await b.run(`
      kept.tap = io.openPacketSocket({ interfaceIndex: kept.interfaceIndex, etherType: 0x0806,
        settings: { receiveBufferForce: 8 << 20 } }, batch => kept.heard.push(...batch));
    `);
    const [said, took] = (await a.run(`
      const frames = io.openFrameSocket(kept.interfaceIndex);
      const round = Array.from({ length: 200 }, (_, i) => {
        const frame = Buffer.alloc(42, 255);
        frame.set([2, 0, 0, 0, 0, 10, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 10, 10, 0, 1, i], 6);
        frame.set([10, 0, 1, i], 38);
        return frame;
      });
      const start = io.now();
      const said = frames.sendAll(Array.from({ length: 5 }, () => round).flat());
      return [said ?? 'sent', io.now() - start];
    `)) as [string, number];
    assert.equal(said, 'sent');
    await sleep(100);
    const order = (await b.run(`return kept.heard.map(f => f.bytes[31])`)) as number[];
    assert.deepEqual(
      order,
      Array.from({ length: 1000 }, (_, i) => i % 200),
    );
    assert.ok(took < 100, `it took ${took} ms`);
  });

  it('lose nothing of a burst while the loop is held up', async () => {
    const stalled = b.run(`
      for (const end = io.now() + 500; io.now() < end; );
      kept.port.drain();
      return kept.heard.length;
    `);
    await sleep(100);
    // 255 routers, four adverts each.
    await a.run(`for (let i = 0; i < 1020; i++) kept.port.send(kept.advert, kept.group)`);
    assert.equal(await stalled, 1020);
  });

  it('need a privilege, and say which', async () => {
    const program = `import(process.argv[1]).then(io => {
      try { io.openRawSocket({ family: 'ipv4', protocol: 112 }); } catch (error) { console.log(error.message); }
    })`;
    const native = fileURLToPath(new URL('../../src/io/native.js', import.meta.url));
    const said = await run([
      'setpriv',
      '--bounding-set',
      '-net_raw',
      process.execPath,
      '-e',
      program,
      native,
    ]);
    assert.equal(said, 'EPERM: operation not permitted, socket\n');
  });
});
