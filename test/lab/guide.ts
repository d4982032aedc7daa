import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, type Daemon } from './daemon.js';
import type { Host } from './host.js';
import { Topology, type HostPlan } from './topology.js';

/** The checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The service's address in the guide. */
export const VIP = '10.0.0.13';

/** What `ipvsadm -ln` shows on both directors in the guide, as `Host.table` gives it. */
export const GUIDE_TABLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.13:80 wrr persistent 50
  -> 10.0.0.17:80                 Route   1
  -> 10.0.0.18:80                 Route   1`;

/** The guide's table with one server gone. */
export const guideTableWithout = (address: string): string =>
  GUIDE_TABLE.split('\n')
    .filter(line => !line.includes(`-> ${address}:`))
    .join('\n');

/** @returns one of the guide's two files, unchanged. */
export const guideConfig = (name: 'lb03' | 'lb04'): string =>
  readFileSync(join(ROOT, `config/${name}.conf`), 'utf8');

/** A real server: it has the service's address on lo, keeps silent about it, and answers HTTP with its own name. */
export class WebServer {
  #daemon: Daemon | null = null;

  constructor(readonly host: Host) {}

  /** Lets it answer; returns when it does. */
  async start(): Promise<void> {
    const program = join(dirname(fileURLToPath(import.meta.url)), 'web-server.js');
    this.#daemon = this.host.start([process.execPath, program, this.host.name]);
    await this.#daemon.line(/^listening/, { within: 30_000 });
  }

  /** Ends it at once: its port is closed from now on. */
  async stop(): Promise<void> {
    await this.#daemon?.stop('SIGKILL');
  }
}

/** The guide's network: two directors, two web servers and a client. */
export interface GuideNetwork {
  readonly topology: Topology;
  readonly lb03: Host;
  readonly lb04: Host;
  readonly client: Host;
  readonly web03: WebServer;
  readonly web04: WebServer;
}

// The commands of the guide's section 1.3.4.
const realServer = (name: string, address: string): HostPlan => ({
  name,
  address,
  ip: [`addr add ${VIP}/32 dev lo`],
  sysctls: ['all', 'lo'].flatMap(where => [
    `net.ipv4.conf.${where}.arp_ignore=1`,
    `net.ipv4.conf.${where}.arp_announce=2`,
  ]),
});

/** The guide's two directors and the client on one bridge: enough where there is no IPVS. */
export const GUIDE_DIRECTORS: readonly HostPlan[] = [
  { name: 'lb03', address: '10.0.0.15' },
  { name: 'lb04', address: '10.0.0.16' },
  { name: 'client', address: '10.0.0.100' },
];

/** Builds the guide's network, with its web servers answering. `prefix` as in `Topology.create`. */
export async function guideNetwork(prefix?: string): Promise<GuideNetwork> {
  const webs = [realServer('web03', '10.0.0.18'), realServer('web04', '10.0.0.17')];
  const topology = await Topology.create([...GUIDE_DIRECTORS, ...webs], prefix);
  const [web03, web04] = [new WebServer(topology.host('web03')), new WebServer(topology.host('web04'))];
  await Promise.all([web03.start(), web04.start()]);
  return {
    topology,
    lb03: topology.host('lb03'),
    lb04: topology.host('lb04'),
    client: topology.host('client'),
    web03,
    web04,
  };
}

/** Waits until a host's table is that one. */
export async function tableBecomes(host: Host, wanted: string, within: number): Promise<void> {
  let shown = '';
  await eventually(
    `the table of ${host.name}`,
    async () => {
      shown = await host.table();
      return shown === wanted;
    },
    { within, every: 100 },
  ).catch((error: unknown) => {
    throw new Error(`${host.name} should show\n${wanted}\nand shows\n${shown}`, { cause: error });
  });
}
