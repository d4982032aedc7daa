// A table of 1,000 services with 4 servers each, while the checker process runs their checks: what a reload with one
// changed weight takes, and a server that dies:  test/lab/with-ipvs node dist/test/bench/reload.js
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import type { TcpCheck } from '../../src/checkers/check.js';
import type { CheckerConfig } from '../../src/ipc/messages.js';
import type { RealServer, VirtualServer } from '../../src/ipvs/service.js';
import { CheckerProcess } from '../lab/checker.js';

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

const figures = new Map<string, number[]>();
const note = (name: string, ms: number): unknown => figures.get(name)?.push(ms) ?? figures.set(name, [ms]);

execFileSync('ipvsadm', ['-C']);
const begun = performance.now();
const checker = new CheckerProcess(config(1));
await checker.ready(60_000);
await checker.heard('ipvs table changed', 1, 60_000);
console.log(
  `${SERVICES} services of 4 servers, from an empty table: ${Math.round(performance.now() - begun)} ms`,
);

for (let round = 0; round < ROUNDS; round++) {
  await sleep(PAUSE_MS);
  const wanted = config(round + 2);
  const start = performance.now();
  const plan = await checker.prepare(wanted);
  const prepared = performance.now();
  await checker.commit();
  const committed = performance.now();
  if (plan.lines.length !== 1) throw new Error(`not one line: ${plan.lines.join('; ')}`);
  if (!inTable(round + 2)) throw new Error('committed, and not in the table');
  note('reload, one weight: prepare', prepared - start);
  note('reload, one weight: commit', committed - prepared);
  note('reload, one weight: both', committed - start);
}

for (let round = 0; round < ROUNDS; round++) {
  await sleep(PAUSE_MS);
  const down = checker.next('real server down', MORTAL);
  const out = checker.next('ipvs table changed');
  mortal.close();
  const since = await down;
  note('a server found dead: out of the table', (await out) - since);
  const up = checker.next('real server up', MORTAL);
  mortal = await listen('127.1.0.1', dies.connectPort);
  await up;
}
await checker.stop();
everywhere.close();
mortal.close();

console.log('ms'.padEnd(40) + ['least', 'median', 'most'].map(word => word.padStart(8)).join(''));
for (const [name, all] of figures) {
  const sorted = [...all].sort((a, b) => a - b);
  const cells = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  console.log(name.padEnd(40) + cells.map(ms => String(Math.round(ms ?? NaN)).padStart(8)).join(''));
}

function inTable(weight: number): boolean {
  const listed = execFileSync('ipvsadm', ['-Ln', '-t', '10.0.0.13:1000'], { encoding: 'utf8' });
  return new RegExp(`-> 10\\.0\\.1\\.1:1000 +Route +${weight} `).test(listed);
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
