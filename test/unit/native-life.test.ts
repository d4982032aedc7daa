import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { now, openPacketSocket, openRawSocket } from '../../src/io/native.js';
import { skip } from '../skip.js';

const NATIVE = new URL('../../src/io/native.js', import.meta.url).href;
/** Not assigned by IANA, and another one for each process: the machine has but one loopback. */
const PROTOCOL = 146 + (process.pid % 100);

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** Runs a program in a Node of its own, and gives what it printed. It must end by itself, with success. */
function inChild(body: string, ...flags: readonly string[]): string {
  const program = `import * as native from ${JSON.stringify(NATIVE)};
    const raw = { family: 'ipv4', protocol: 146 + (process.pid % 100) };
    ${body}`;
  const args = [...flags, '--input-type=module', '-e', program];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  assert.equal(child.status, 0, `${child.signal ?? ''} ${child.stderr}`);
  return child.stdout;
}

describe('native handles', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) skip(this, 'raw sockets need root');
  });

  it('make an uncaught exception of what a callback throws, and go on', () => {
    const said = inChild(`
      const seen = [];
      process.on('uncaughtException', error => seen.push(error.message));
      let rings = 0;
      const timer = native.createTimer(() => {
        rings++;
        if (rings < 3) timer.set(0);
        throw new Error('ring ' + rings);
      });
      timer.set(0);
      const receiver = native.openRawSocket(raw, batch => {
        setTimeout(() => { receiver.close(); timer.close(); console.log(seen.sort().join()); }, 100);
        throw new Error('batch of ' + batch.length);
      });
      native.openRawSocket(raw).send(Buffer.alloc(1), Buffer.from([127, 0, 0, 1]), 0, false);
    `);
    assert.equal(said, 'batch of 1,ring 1,ring 2,ring 3\n');
  });

  it('end the process that does not catch it', () => {
    const program = `import { createTimer } from ${JSON.stringify(NATIVE)};
      createTimer(() => { throw new Error('nobody catches this'); }).set(0);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    assert.equal(child.status, 1);
    assert.match(child.stderr, /nobody catches this/);
  });

  it('hand over to promises and nextTick as every callback of Node does', () => {
    const said = inChild(`
      const order = [];
      const timer = native.createTimer(() => {
        process.nextTick(() => order.push('tick'));
        Promise.resolve().then(() => order.push('promise'));
        setImmediate(() => console.log(order.join()));
      });
      timer.set(0);
    `);
    assert.equal(said, 'tick,promise\n');
  });

  it('let the process end when nothing wanted can call back', () => {
    const said = inChild(`
      native.openRawSocket(raw);
      native.createTimer(() => console.log('never'));
      const timer = native.createTimer(() => console.log('unwanted'));
      timer.set(native.now() * 1000 + 1e9);
      timer.unref();
      native.openRawSocket(raw, () => {}).unref();
      native.createTimer(() => console.log('rang')).set(native.now() * 1000 + 20e3);
    `);
    assert.equal(said, 'rang\n');
  });

  it('are closed by the collector, but not while they can call back', () => {
    const said = inChild(
      `
      import { readdirSync } from 'node:fs';
      const count = () => readdirSync('/proc/self/fd').length;
      const before = count();
      let rang = 0;
      (() => {
        for (let i = 0; i < 100; i++) {
          native.openRawSocket({ family: 'ipv4', protocol: 255 });
          const timer = native.createTimer(() => timer.off());
          timer.set(native.now() * 1000 + 1e9);
          timer.off();
          native.createTimer(() => rang++).set(native.now() * 1000 + 50e3);
        }
      })();
      const most = count();
      for (let i = 0; i < 5; i++) { gc(); await new Promise(r => setTimeout(r, 30)); }
      console.log(most - before, count() - before, rang);
    `,
      '--expose-gc',
    );
    assert.equal(said, '300 0 100\n');
  });

  it('go with their worker thread, however it ends', () => {
    const said = inChild(`
      import { Worker } from 'node:worker_threads';
      import { readdirSync } from 'node:fs';
      const body = how => \`import(\${JSON.stringify(${JSON.stringify(NATIVE)})}).then(native => {
        native.openRawSocket(raw, () => {});
        native.openRawSocket(raw).close();
        native.createTimer(() => {}).set(native.now() * 1000 + 1e9);
        native.createTimer(() => { \${how} }).set(native.now() * 1000 + 10e3);
      })\`;
      const run = how => new Promise(done => {
        const worker = new Worker(body(how), { eval: true });
        worker.on('error', () => {});
        worker.on('exit', done);
        if (how === '') setTimeout(() => worker.terminate(), 100);
      });
      const sockets = () => readdirSync('/proc/self/fd').length;
      await run('process.exit(0)');
      const before = sockets();
      for (const how of ['process.exit(0)', 'throw new Error("x")', '']) await run(how);
      console.log(sockets() - before);
    `);
    assert.equal(said, '0\n');
  });

  it('leak nothing over 10,000 sockets', async () => {
    const before = descriptors();
    const cycle = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        openRawSocket({ family: 'ipv4', protocol: PROTOCOL }, () => undefined).close();
        if (i % 100 === 0) await turn();
      }
    };
    await cycle(2000);
    const memory = process.memoryUsage.rss();
    await cycle(8000);
    await turn();
    assert.equal(descriptors(), before);
    assert.ok(process.memoryUsage.rss() - memory < 40e6, `${process.memoryUsage.rss() - memory} bytes more`);
  });

  it('leak nothing when they could not be opened', () => {
    const before = descriptors();
    for (let i = 0; i < 5000; i++) {
      assert.throws(() => openRawSocket({ family: 'ipv4', protocol: PROTOCOL, interfaceName: 'no-such' }));
    }
    // Far fewer of these: closing a packet socket takes the kernel some milliseconds.
    for (let i = 0; i < 50; i++) {
      assert.throws(() => openPacketSocket({ interfaceIndex: 1 << 30, etherType: 3 }, () => undefined));
    }
    assert.equal(descriptors(), before);
  });

  it('leak nothing over 100,000 packets, and lose none', async () => {
    const before = descriptors();
    let heard = 0;
    const receiver = openRawSocket(
      { family: 'ipv4', protocol: PROTOCOL, interfaceName: 'lo' },
      batch => (heard += batch.length),
    );
    const sender = openRawSocket({ family: 'ipv4', protocol: PROTOCOL });
    const bytes = Buffer.alloc(40);
    const to = Buffer.from([127, 0, 0, 1]);
    let memory = 0;
    for (let sent = 0; sent < 100_000; sent += 50) {
      for (let i = 0; i < 50; i++) sender.send(bytes, to, 0, false);
      // Both ways of reading: what drain() does not take, the loop does.
      if (sent % 100 === 0) receiver.drain();
      else await turn();
      if (sent === 20_000) memory = process.memoryUsage.rss();
    }
    receiver.drain();
    const more = process.memoryUsage.rss() - memory;
    receiver.close();
    sender.close();
    assert.equal(heard, 100_000);
    assert.equal(descriptors(), before);
    assert.ok(more < 60e6, `${more} bytes more`);
  });

  it('do not keep the loop from its timers in a flood', async () => {
    let heard = 0;
    let flooding = true;
    const receiver = openRawSocket({ family: 'ipv4', protocol: PROTOCOL }, batch => {
      heard += batch.length;
      // Each batch brings more than it was: without a bound this would never come to an end.
      for (let i = 0; flooding && i < 2 * batch.length; i++) sender.send(bytes, to, 0, false);
    });
    const sender = openRawSocket({ family: 'ipv4', protocol: PROTOCOL });
    const bytes = Buffer.alloc(40);
    const to = Buffer.from([127, 0, 0, 1]);
    sender.send(bytes, to, 0, false);
    let turns = 0;
    for (const end = now() + 300; now() < end; turns++) await turn();
    flooding = false;
    receiver.drain();
    receiver.close();
    sender.close();
    assert.ok(turns > 20 && heard > 1000, `${turns} turns, ${heard} packets`);
  });

  it('take real-time priority and give it back', function () {
    let said: string;
    try {
      said = inChild(`
        import { readFileSync } from 'node:fs';
        // proc(5): rt_priority and policy are fields 40 and 41, counted after the name in brackets.
        const policy = () => readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ').slice(37, 39).join();
        const start = policy();
        native.setRoundRobin(7);
        const urgent = policy();
        native.setNormalScheduling();
        console.log(start, urgent, policy());
        try { native.setRoundRobin(1000); } catch (error) { console.log(error.code, error.syscall); }
      `);
    } catch (error) {
      if (String(error).includes('EPERM')) skip(this, 'this machine gives no real-time priority');
      throw error;
    }
    assert.equal(said, '0,0 7,2 0,0\nEINVAL sched_setscheduler\n');
  });

  it('lock the code that was run, and nothing that V8 will give back', () => {
    const said = inChild(
      `
      import { readFileSync } from 'node:fs';
      const status = name => Number(new RegExp(name + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      const resident = status('VmRSS');
      native.lockProgram();
      console.log(status('VmLck') > 10_000, status('VmRSS') - resident < 10_000);
      // With a locked heap this ends in "Check failed: 0 == ret", here or when the process ends.
      for (let i = 0; i < 5; i++) {
        Array.from({ length: 300_000 }, n => ({ n }));
        gc();
      }
    `,
      '--expose-gc',
    );
    assert.equal(said, 'true true\n');
  });

  it('are marked to be closed when another program is started', () => {
    const sockets = (): string[] =>
      readdirSync('/proc/self/fd').filter(fd => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
        } catch {
          return false; // the descriptor that the folder was read by
        }
      });
    const before = sockets();
    const socket = openRawSocket({ family: 'ipv4', protocol: PROTOCOL }, () => undefined);
    const [mine = ''] = sockets().filter(fd => !before.includes(fd));
    const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${mine}`, 'utf8'));
    socket.close();
    assert.ok(parseInt(flags?.[1] ?? '', 8) & 0o2000000);
  });
});
