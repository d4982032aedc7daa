import { readFileSync } from 'node:fs';
import { nowMicros } from '../lab/daemon.js';
import type { DirectorKind } from '../lab/director.js';
import { buildArena, takeDown, type Arena } from '../lab/duel.js';
import { VIP } from '../lab/guide.js';
import type { SeenAdvert } from '../lab/pcap.js';
import { milliseconds, Prober } from '../lab/prober.js';

/** What lb04 waits at priority 100, in µs (RFC 3768 §6.1). */
const SKEW = ((256 - 100) * 1_000_000) / 256;
const MASTER_DOWN = 3_000_000 + SKEW;

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);

/** What is measured, each in milliseconds or megabytes, a number a round. */
interface Figures {
  readonly advertAfterKill: number[];
  readonly announcedAfterKill: number[];
  readonly advertAfterStop: number[];
  readonly announcedAfterStop: number[];
  readonly outageOfKill: number[];
  readonly outageOfStop: number[];
  readonly memory: number[];
}

const NAMES: Readonly<Record<keyof Figures, string>> = {
  advertAfterKill: 'machine lost: first advert past the formula, ms',
  announcedAfterKill: 'machine lost: first announcement after that, ms',
  advertAfterStop: 'planned stop: first advert past the skew, ms',
  announcedAfterStop: 'planned stop: first announcement after that, ms',
  outageOfKill: 'machine lost: the client waits, ms',
  outageOfStop: 'planned stop: the client waits, ms',
  memory: 'memory of a backup, all processes, PSS, MB',
};

async function measure(kind: DirectorKind): Promise<Figures> {
  const arena = await buildArena(kind, kind);
  const figures: Figures = {
    advertAfterKill: [],
    announcedAfterKill: [],
    advertAfterStop: [],
    announcedAfterStop: [],
    outageOfKill: [],
    outageOfStop: [],
    memory: [],
  };
  try {
    await lb03IsMaster(arena, () => {
      arena.lb03.start();
      arena.lb04.start();
    });
    for (let round = 0; round < ROUNDS; round++) {
      process.stderr.write(`${kind}: round ${round + 1} of ${ROUNDS}\n`);
      figures.memory.push(memoryOf(arena));
      await loseTheMachine(arena, figures);
      await stopAsPlanned(arena, figures);
    }
  } finally {
    await takeDown(arena);
  }
  return figures;
}

/** Brings lb03 to power, and waits until it has sent an advert as the only one. */
async function lb03IsMaster({ lb03, lb04, capture }: Arena, begin: () => void): Promise<void> {
  const since = nowMicros();
  begin();
  const first = await capture.advert(({ source }) => source === lb03.host.address, { since, within: 20_000 });
  await capture.advert(({ source }) => source === lb03.host.address, { since: first.at + 1_500_000 });
  await lb04.becomes('BACKUP');
}

async function loseTheMachine(arena: Arena, figures: Figures): Promise<void> {
  const { topology, lb03 } = arena;
  const prober = await Prober.start(topology.host('client'), VIP);
  const since = await lb03.vanish();
  const { last, first } = await succession(arena, since);
  figures.advertAfterKill.push((first.at - last.at - MASTER_DOWN) / 1000);
  figures.announcedAfterKill.push(announcedAfter(arena, first));
  await prober.stop();
  figures.outageOfKill.push(milliseconds(prober.outage(since).longest));
  await lb03.reappear();
  await lb03IsMaster(arena, () => lb03.start());
}

async function stopAsPlanned(arena: Arena, figures: Figures): Promise<void> {
  const { topology, lb03 } = arena;
  const prober = await Prober.start(topology.host('client'), VIP);
  const since = nowMicros();
  const [{ last, first }] = await Promise.all([succession(arena, since), lb03.stop()]);
  figures.advertAfterStop.push((first.at - last.at - SKEW) / 1000);
  figures.announcedAfterStop.push(announcedAfter(arena, first));
  await prober.stop();
  figures.outageOfStop.push(milliseconds(prober.outage(since).longest));
  await lb03IsMaster(arena, () => lb03.start());
}

/** The last advert of lb03 and the first of lb04, and a moment in which the client is sure to have been told. */
async function succession(
  { lb03, lb04, capture }: Arena,
  since: number,
): Promise<{ last: SeenAdvert; first: SeenAdvert }> {
  const first = await capture.advert(({ source }) => source === lb04.host.address, { since });
  await capture.advert(({ source }) => source === lb04.host.address, { since: first.at + 1 });
  const last = capture.adverts().findLast(({ source, at }) => source === lb03.host.address && at < first.at);
  if (last === undefined) throw new Error('lb03 has never spoken');
  return { last, first };
}

function announcedAfter({ capture }: Arena, advert: SeenAdvert): number {
  const arp = capture.arps().find(({ sender, at }) => sender === VIP && at >= advert.at);
  return arp === undefined ? NaN : (arp.at - advert.at) / 1000;
}

/** PSS counts a page that n processes share as its nth part; here all sharers but ours are idle copies of the same. */
function memoryOf({ lb04 }: Arena): number {
  const pids = [lb04.daemon.pid, ...lb04.children()];
  const kilobytes = pids.map(pid => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0; // the kernel's own wrapper processes may be gone again
    }
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN;

const keepalived = await measure('keepalived');
const holdfast = await measure('holdfast');
const row = (name: string, ...cells: string[]): string =>
  name.padEnd(52) + cells.map(cell => cell.padStart(12)).join('');
console.log(`medians of ${ROUNDS}; the guide's files without their virtual servers`);
console.log(row('', 'keepalived', 'holdfast', 'ratio'));
for (const [key, name] of Object.entries(NAMES) as [keyof Figures, string][]) {
  const [theirs, ours] = [median(keepalived[key]), median(holdfast[key])];
  console.log(row(name, theirs.toFixed(2), ours.toFixed(2), (ours / theirs).toFixed(2)));
}
