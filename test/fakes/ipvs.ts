import { parseIp } from '../../src/lib/address.js';
import { parseSave, toSave } from '../../src/ipvs/core/ipvsadm.js';
import type {
  IpvsTable,
  ServerEntry,
  ServerKey,
  ServiceEntry,
  ServiceKey,
} from '../../src/ipvs/core/table.js';
import type { IpvsPort } from '../../src/ports/ipvs.js';

type Rows = Map<ServiceKey, ServiceEntry & { servers: Map<ServerKey, ServerEntry> }>;

/** What the kernel's error codes are called by ipvsadm 1.31, as seen in the lab. */
const SAYS = {
  serviceExists: 'Service already exists',
  noService: 'No such service',
  notDefined: 'Service not defined',
  serverExists: 'Destination already exists',
  noServer: 'No such destination',
  noScheduler: 'Scheduler or persistence engine not found',
  zeroPort: 'Zero port specified for non-persistent service',
} as const;

/**
 * A kernel's table behind ipvsadm 1.31, its flaws included, as seen in the lab:
 * no rollback; a line that the kernel refuses is passed over, one that ipvsadm itself finds senseless ends the batch;
 * -E without -p clears persistence; a DR or TUN server silently gets its service's port; --save shows
 * `--tun-type ipip` on every tunnel.
 */
export class FakeIpvs implements IpvsPort {
  /** Every line that arrived, in order. */
  readonly lines: string[] = [];
  /** The line counts of the batches. */
  readonly batches: number[] = [];
  /** Lines that the kernel refuses, with what ipvsadm says then. */
  readonly refuse = new Map<string, string>();
  /** Thrown by the next save. */
  failure: Error | undefined;
  saves = 0;
  glances = 0;
  /** Is there a /proc/net/ip_vs to read? */
  glanceable = true;
  #table: Rows;

  constructor(save = '') {
    this.#table = copy(parseSave(save));
  }

  get table(): IpvsTable {
    return this.#table;
  }

  /** Another hand at work: the lines are done as if by ipvsadm, and are not in `lines`. */
  byHand(...lines: readonly string[]): void {
    for (const line of lines) this.#do(line);
  }

  save(breakOff?: AbortSignal): Promise<string> {
    if (breakOff?.aborted === true) return Promise.reject(new Error('broken off'));
    this.saves++;
    const { failure } = this;
    if (failure !== undefined) {
      this.failure = undefined;
      return Promise.reject(failure);
    }
    return Promise.resolve(toSave(this.#table).replace(/ -i -w \d+/g, tunnel => `${tunnel} --tun-type ipip`));
  }

  glance(): Promise<string | undefined> {
    if (!this.glanceable) return Promise.resolve(undefined);
    this.glances++;
    return Promise.resolve(toGlance(this.#table));
  }

  restore(batch: string): Promise<string> {
    const lines = batch.split('\n').filter(line => line !== '');
    this.batches.push(lines.length);
    const said: string[] = [];
    for (const line of lines) {
      this.lines.push(line);
      const words = this.#do(line);
      if (words !== undefined) said.push(words);
      if (words === SAYS.zeroPort || words?.startsWith('Try ') === true) break;
    }
    return Promise.resolve(said.join('\n'));
  }

  #do(line: string): string | undefined {
    const refused = this.refuse.get(line);
    if (refused !== undefined) return refused;
    const [command = '', option = '', name = '', six] = line.split(' ');
    const key = `${option} ${name}${six === '-6' ? ' -6' : ''}` as ServiceKey;
    const server = / -r (\S+)/.exec(line)?.[1] ?? '';
    switch (command) {
      case '-A':
      case '-E':
        return this.#service(command, key, line);
      case '-D':
        return this.#table.delete(key) ? undefined : SAYS.noService;
      case '-a':
      case '-e':
      case '-d':
        return this.#server(command, key, server as ServerKey, line);
      default:
        return "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
    }
  }

  #service(command: '-A' | '-E', key: ServiceKey, line: string): string | undefined {
    const want = parseSave(line.replace(/^-E/, '-A')).get(key)!;
    const have = this.#table.get(key);
    if (key.endsWith(':0') && want.persistence === null) return SAYS.zeroPort;
    if (want.scheduler === 'nosuch') return SAYS.noScheduler;
    if (command === '-A' && have !== undefined) return SAYS.serviceExists;
    if (command === '-E' && have === undefined) return SAYS.noService;
    this.#table.set(key, { ...want, servers: have?.servers ?? new Map<ServerKey, ServerEntry>() });
    return undefined;
  }

  #server(command: '-a' | '-e' | '-d', key: ServiceKey, named: ServerKey, line: string): string | undefined {
    const service = this.#table.get(key);
    if (service === undefined) return SAYS.notDefined;
    if (command === '-d') return service.servers.delete(named) ? undefined : SAYS.noServer;
    const text = `-A ${key} -s rr\n${line.replace(/^-e/, '-a')}`;
    const entry = parseSave(text).get(key)?.servers.get(named);
    if (entry === undefined) return SAYS.noServer;
    const port = /:\d+$/.exec(key)?.[0] ?? '';
    const server = (entry.forward === '-m' ? named : named.replace(/:\d+$/, port)) as ServerKey;
    if (command === '-a' && service.servers.has(server)) return SAYS.serverExists;
    if (command === '-e' && !service.servers.has(server)) return SAYS.noServer;
    service.servers.set(server, entry);
    return undefined;
  }
}

const copy = (table: IpvsTable): Rows =>
  new Map([...table].map(([key, service]) => [key, { ...service, servers: new Map(service.servers) }]));

const PROTOCOL: Readonly<Record<string, string>> = { '-t': 'TCP', '-u': 'UDP', '--sctp-service': 'SCTP' };
const FORWARD = { '-g': 'Route', '-i': 'Tunnel', '-m': 'Masq' } as const;

/** The table as /proc/net/ip_vs shows it, on a kernel of 250 ticks a second. */
export function toGlance(table: IpvsTable): string {
  const lines = [
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  ];
  for (const [key, { scheduler, persistence, extra, servers }] of table) {
    const [option = '', name = ''] = key.split(' ');
    const ops = extra.split(' ').includes('-o') ? 'ops ' : '';
    const length = persistence === null ? '' : `persistent ${persistence * 250} FFFFFFFF`;
    const protocol = PROTOCOL[option];
    lines.push(
      protocol === undefined
        ? `FWM  ${hex(Number(name), 8)} ${scheduler} ${ops}${length}`
        : `${protocol}  ${inHex(name)} ${scheduler} ${ops}${length}`,
    );
    for (const [server, { forward, weight }] of servers) {
      const counts = `${FORWARD[forward].padEnd(7)} ${String(weight).padEnd(6)} 0          0         `;
      lines.push(`  -> ${inHex(server)}      ${counts}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

/** `0A00000D:0050` and `[2001:0db8:…:0001]:0035`. */
function inHex(name: string): string {
  const [, host = '', port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(name) ?? [];
  const bytes = parseIp(host)!;
  const digits = Array.from(bytes, byte => hex(byte, 2)).join('');
  const where = bytes.length === 4 ? digits : `[${digits.toLowerCase().match(/.{4}/g)!.join(':')}]`;
  return `${where}:${hex(Number(port), 4)}`;
}
