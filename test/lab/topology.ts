import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Host, run } from './host.js';

/** Which topologies exist on this machine: a file each, the maker's process in its first line, then namespaces. */
const REGISTER = '/run/holdfast-lab';

let made = 0;

/** A host to build. */
export interface HostPlan {
  readonly name: string;
  readonly address: string;
  /** Commands for `ip -batch` on the host, after its eth0 is up. */
  readonly ip?: readonly string[];
  readonly sysctls?: readonly string[];
}

/** The cable side of the lab: a namespace with a bridge, and a port named after each host. */
export class Wire extends Host {
  constructor(namespace: string) {
    super('wire', namespace, '');
  }

  /** Pulls a host's cable or puts it back: its eth0 loses its carrier. */
  async cable(host: Host, state: 'in' | 'out'): Promise<void> {
    await this.ip('link', 'set', host.name, state === 'in' ? 'up' : 'down');
  }
}

/**
 * Some hosts with one interface each, eth0, on one bridge. Everything lies in namespaces of its own, so that several
 * topologies stand beside each other and nothing of the machine's own network is touched.
 */
export class Topology {
  readonly #entry: string;

  private constructor(
    readonly wire: Wire,
    readonly hosts: ReadonlyMap<string, Host>,
    entry: string,
  ) {
    this.#entry = entry;
  }

  /** Builds hosts. `prefix` is put before the names of their namespaces; without one it tells this process's from others'. */
  static async create(plans: readonly HostPlan[], prefix = `t${process.pid}.${made}-`): Promise<Topology> {
    sweep();
    made++;
    const wire = new Wire(`${prefix}wire`);
    const hosts = new Map(plans.map(({ name, address }) => [name, new Host(name, prefix + name, address)]));
    const topology = new Topology(wire, hosts, `${REGISTER}/${process.pid}-${made}`);
    const namespaces = [wire, ...hosts.values()].map(({ namespace }) => namespace);
    const taken = (await run(['ip', 'netns', 'list'])).split('\n').map(line => line.split(' ')[0]);
    const foreign = namespaces.find(name => taken.includes(name));
    if (foreign !== undefined) {
      throw new Error(`a namespace "${foreign}" exists already: ip netns del ${foreign}`);
    }
    mkdirSync(REGISTER, { recursive: true });
    writeFileSync(topology.#entry, [process.pid, ...namespaces].join('\n'));
    alive.add(topology);
    await topology.#build(plans);
    return topology;
  }

  async #build(plans: readonly HostPlan[]): Promise<void> {
    const namespaces = [this.wire, ...this.hosts.values()].map(({ namespace }) => namespace);
    await run(['ip', '-batch', '-'], namespaces.map(name => `netns add ${name}\n`).join(''));
    const bridge = ['link add br0 type bridge mcast_snooping 0', 'link set br0 up'];
    for (const { name, namespace, address } of this.hosts.values()) {
      // A telling hardware address: 10.0.0.15 has 02:00:0a:00:00:0f.
      const mac = address
        .split('.')
        .map(n => Number(n).toString(16).padStart(2, '0'))
        .join(':');
      bridge.push(`link add ${name} type veth peer name eth0 address 02:00:${mac} netns ${namespace}`);
      bridge.push(`link set ${name} master br0 up`);
    }
    await run(['ip', '-n', this.wire.namespace, '-batch', '-'], bridge.join('\n') + '\n');
    for (const { name, address, ip = [], sysctls = [] } of plans) {
      const host = this.host(name);
      if (sysctls.length > 0) await host.run('sysctl', '-qw', ...sysctls);
      const commands = ['link set lo up', 'link set eth0 up', `addr add ${address}/24 brd + dev eth0`, ...ip];
      await run(['ip', '-n', host.namespace, '-batch', '-'], commands.join('\n') + '\n');
    }
  }

  /** @returns the host of that name; there must be one. */
  host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`no host "${name}" in this topology`);
    return host;
  }

  /** Ends every process on the hosts and removes them. */
  remove(): void {
    if (alive.delete(this)) dismantle(this.#entry);
  }
}

const alive = new Set<Topology>();
process.on('exit', () => {
  for (const topology of alive) topology.remove();
});

function dismantle(entry: string): void {
  const [, ...namespaces] = readFileSync(entry, 'utf8').split('\n');
  for (const namespace of namespaces) {
    const pids = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).stdout.split('\n');
    for (const pid of pids.filter(line => line !== '')) spawnSync('kill', ['-9', pid]);
    spawnSync('ip', ['netns', 'del', namespace]);
  }
  rmSync(entry, { force: true });
}

/** Removes what a run that was killed has left behind. */
function sweep(): void {
  let entries: string[];
  try {
    entries = readdirSync(REGISTER);
  } catch {
    return; // nothing was ever left here
  }
  for (const entry of entries) {
    const [maker = ''] = entry.split('-');
    try {
      process.kill(Number(maker), 0);
    } catch {
      dismantle(`${REGISTER}/${entry}`);
    }
  }
}
