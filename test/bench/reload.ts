// A table of 1,000 services with 4 servers each, all of them checked: what a reload with one changed weight takes, by
// the checker process alone, by the whole agent, and by keepalived; and a server that dies. In a network namespace of
// its own:  test/lab/with-ipvs unshare --net node dist/test/bench/reload.js
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { TcpCheck } from '../../src/checkers/check.js';
import type { CheckerConfig } from '../../src/ipc/messages.js';
import type { RealServer, VirtualServer } from '../../src/ipvs/service.js';
import { CheckerProcess } from '../lab/checker.js';
import { eventually, kill } from '../lab/daemon.js';
import { Director, type DirectorKind } from '../lab/director.js';
import { Host } from '../lab/host.js';

const SERVICES = Number(process.env['SERVICES'] ?? 1000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 15);
/** More than the time between two regular looks, and not a part of it, so that some rounds meet one. */
const PAUSE_MS = 700;

/** All servers live here, at addresses of 127.0.0.0/8. */
const everywhere = await listen('0.0.0.0');
let mortal = await listen('127.1.0.1');

const check = (connectAddress: string, server: Server, delayLoopMs: number): TcpCheck => ({
  type: 'TCP_CHECK',
  connectAddress,
  connectPort: portOf(server),
  timeoutMs: 5000,
  retry: 0,
  delayBeforeRetryMs: 1000,
  delayLoopMs,
  warmupMs: delayLoopMs,
});

const MORTAL = '10.0.1.2:1000';
const dies = check('127.1.0.1', mortal, 50);

/** @param weight of one server of the first service; another one's check is of the server that dies */
function config(weight: number): CheckerConfig {
  const services = Array.from({ length: SERVICES }, (_, i): VirtualServer => {
    const port = 1000 + i;
    const realServers = [1, 2, 3, 4].map((n): RealServer => {
      const special = i === 0 && n === 2;
      return {
        address: `10.0.1.${n}`,
        port,
        weight: i === 0 && n === 1 ? weight : 1,
        inhibitOnFailure: false,
        checks: [special ? dies : check(`127.0.${i >> 8}.${i & 255}`, everywhere, 60_000)],
      };
    });
    return {
      protocol: 'tcp',
      address: '10.0.0.13',
      port,
      scheduler: 'wlc',
      forwarding: 'DR',
      persistenceTimeout: 50,
      quorum: 1,
      realServers,
    };
  });
  return { services, ownedFile: '/run/holdfast-bench/owned.json', ipvsadm: 'ipvsadm' };
}

/** This machine, where everything is at hand. */
class Here extends Host {
  constructor() {
    super('here', '', '127.0.0.1');
  }

  override inside(command: readonly string[]): string[] {
    return [...command];
  }
}

const row = (cells: readonly string[]): string => cells.map(cell => cell.padStart(8)).join('');

const figures = new Map<string, number[]>();
const note = (name: string, ms: number): unknown => figures.get(name)?.push(ms) ?? figures.set(name, [ms]);

execFileSync('ip', ['link', 'set', 'lo', 'up']);
await theProcess();
await theAgent('holdfast');
await theAgent('keepalived');
everywhere.close();
mortal.close();

console.log(`${SERVICES} services of 4 servers, ms`.padEnd(56) + row(['least', 'median', 'most']));
for (const [name, all] of figures) {
  const sorted = [...all].sort((a, b) => a - b);
  const cells = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  console.log(name.padEnd(56) + row(cells.map(ms => String(Math.round(ms ?? NaN)))));
}

async function theProcess(): Promise<void> {
  const begun = performance.now();
  const checker = new CheckerProcess(config(1));
  await checker.ready(60_000);
  await checker.heard('ipvs table changed', 1, 60_000);
  note('checker process: from an empty table', performance.now() - begun);
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(PAUSE_MS);
    const wanted = config(round + 2);
    const start = performance.now();
    const plan = await checker.prepare(wanted);
    const prepared = performance.now();
    await checker.commit();
    const committed = performance.now();
    if (plan.lines.length !== 1) throw new Error(`not one line: ${plan.lines.join('; ')}`);
    if (weight() !== round + 2) throw new Error('committed, and not in the table');
    note('checker process: prepare one weight', prepared - start);
    note('checker process: commit it', committed - prepared);
    note('checker process: both', committed - start);
  }
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(PAUSE_MS);
    const down = checker.next('real server down', MORTAL);
    const out = checker.next('ipvs table changed');
    mortal.close();
    const since = await down;
    note('checker process: a dead server is out', (await out) - since);
    const back = checker.next('ipvs table changed');
    mortal = await listen('127.1.0.1', dies.connectPort);
    await back;
  }
  await checker.stop();
}

/** From the request to the answer, or, since keepalived gives none, to the table. */
async function theAgent(kind: DirectorKind): Promise<void> {
  const director = new Director(new Here(), kind, file(1));
  try {
    director.start();
    await eventually('the table', () => Promise.resolve(weight() === 1), { within: 60_000 });
    await sleep(3000);
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(PAUSE_MS);
      const text = file(round + 2);
      const start = performance.now();
      if (kind === 'holdfast') await director.reload(text);
      else {
        writeFileSync(join(director.folder, 'keepalived.conf'), text);
        kill(director.daemon.pid, 'SIGHUP');
        await eventually('the weight', () => Promise.resolve(weight() === round + 2), { every: 20 });
      }
      note(`${kind}: reload one weight`, performance.now() - start);
      if (weight() !== round + 2) throw new Error('answered, and not in the table');
    }
    await director.stop();
  } finally {
    director.remove();
  }
}

/** The configuration as operators write it. */
function file(weight: number): string {
  const blocks = config(weight).services.map(service => {
    if (!('address' in service)) throw new Error('all of the bench have addresses');
    const { address, port, realServers } = service;
    const servers = realServers.map(({ address: server, weight: own, checks: [one] }) => {
      const { connectAddress, connectPort } = one?.type === 'TCP_CHECK' ? one : dies;
      return `  real_server ${server} ${port} {
    weight ${own}
    TCP_CHECK {
      connect_ip ${connectAddress}
      connect_port ${connectPort}
    }
  }`;
    });
    return `virtual_server ${address} ${port} {
  delay_loop 60
  lvs_sched wlc
  lvs_method DR
  persistence_timeout 50
  protocol TCP
${servers.join('\n')}
}`;
  });
  return `${blocks.join('\n')}\n`;
}

/** @returns the weight in the kernel's table, as the kernel shows it: asking ipvsadm would take longer than a reload. */
function weight(): number | undefined {
  const shown = readFileSync('/proc/net/ip_vs', 'latin1');
  const [, found] = /0A00000D:03E8 [^]*?-> 0A000101:03E8 +Route +(\d+)/.exec(shown) ?? [];
  return found === undefined ? undefined : Number(found);
}

function listen(address: string, port = 0): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer(socket => socket.destroy())
      .on('error', fail)
      .listen(port, address, () => done(server));
  });
}

function portOf(server: Server): number {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('it does not listen');
  return at.port;
}

function sleep(ms: number): Promise<void> {
  return new Promise(resume => setTimeout(resume, ms));
}
