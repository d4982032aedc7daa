import { formatIp, parseIp } from '../../lib/address.js';
import { endpoint } from '../../lib/endpoint.js';
import type { IpvsOp } from './diff.js';
import {
  SERVICE_OPTION,
  type IpvsTable,
  type ServerEntry,
  type ServerKey,
  type ServiceEntry,
  type ServiceKey,
} from './table.js';

/**
 * A glance is /proc/net/ip_vs: the whole table for the price of reading a file, but not all of each entry. It shows no
 * scheduler's flags, no persistence engine and no kind of tunnel, and the length of persistence in ticks of a clock
 * whose rate it does not tell (ip_vs_info_seq_show in the kernel's net/netfilter/ipvs/ip_vs_ctl.c).
 */

/**
 * @param before the table that the op was made for
 * @returns whether a glance shows everything that the op's line says
 */
export function isShown(op: IpvsOp, before: IpvsTable): boolean {
  // A mark is shown without its family.
  if (op.key.startsWith('-f ')) return false;
  const service = before.get(op.key);
  switch (op.op) {
    case 'addService':
    case 'editService':
      return op.to.persistence === null && op.to.extra === '' && (service?.extra ?? '') === '';
    case 'addServer':
    case 'editServer':
      return op.to.extra === '' && (service?.servers.get(op.server)?.extra ?? '') === '';
    case 'deleteServer':
    case 'deleteService':
      return true;
  }
}

/** How the kernel calls what ipvsadm has an option for. */
const PROTOCOL: Readonly<Record<string, string>> = {
  [SERVICE_OPTION.tcp]: 'TCP',
  [SERVICE_OPTION.udp]: 'UDP',
  [SERVICE_OPTION.sctp]: 'SCTP',
};

/** `Local` was the word for a server on the director itself, which goes as it came. */
const FORWARD: Readonly<Record<string, ServerEntry['forward']>> = {
  Route: '-g',
  Local: '-g',
  Tunnel: '-i',
  Masq: '-m',
};

/**
 * Reads /proc/net/ip_vs.
 * @param keys the services that are wanted; the rest is passed over, and marks are never read
 * @returns what is shown of them: `extra` is always empty, and the persistence of a service that has one is NaN
 */
export function parseGlance(text: string, keys: ReadonlySet<ServiceKey>): IpvsTable {
  const table = new Map<ServiceKey, ServiceEntry>();
  const wanted = new Map<string | undefined, ServiceKey>([...keys].map(key => [shownName(key), key]));
  let servers: Map<ServerKey, ServerEntry> | undefined;
  // Most of 5,000 lines are not asked for, and are not even cut out.
  let end = -1;
  while (end < text.length) {
    const at = end + 1;
    const found = text.indexOf('\n', at);
    end = found < 0 ? text.length : found;
    if (text.startsWith(SERVER, at)) {
      if (servers !== undefined) readServer(text.slice(at + SERVER.length, end), servers);
      continue;
    }
    servers = undefined;
    const gap = text.indexOf(' ', at);
    let name = gap;
    while (text[name] === ' ') name++;
    const key = wanted.get(text.slice(at, gap) + text.slice(name - 1, text.indexOf(' ', name)));
    if (key === undefined) continue;
    const [, , scheduler = '', ...rest] = text.slice(at, end).trim().split(/\s+/);
    const persistence = rest.includes('persistent') ? NaN : null;
    servers = new Map();
    table.set(key, { scheduler, persistence, extra: '', servers });
  }
  return table;
}

const SERVER = '  -> ';

function readServer(line: string, servers: Map<ServerKey, ServerEntry>): void {
  const [where = '', word = '', weight] = line.split(/\s+/);
  const server = readEndpoint(where);
  const forward = FORWARD[word];
  if (server === undefined || forward === undefined) return;
  servers.set(server as ServerKey, { forward, weight: Number(weight), extra: '' });
}

/** @returns `TCP 0A00000D:0050` or `UDP [2001:0db8:…:0001]:0035`; undefined for a mark */
function shownName(key: ServiceKey): string | undefined {
  const [option = '', where = ''] = key.split(' ');
  const [, six, four, port] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(where) ?? [];
  const bytes = parseIp(six ?? four ?? '');
  const protocol = PROTOCOL[option];
  if (bytes === undefined || protocol === undefined) return undefined;
  const digits = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  const address = six === undefined ? digits.toUpperCase() : `[${(digits.match(/.{4}/g) ?? []).join(':')}]`;
  return `${protocol} ${address}:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** `0A00000D:0050` or `[2001:0db8:…:0001]:0035`, all in hex, in our own form. */
function readEndpoint(text: string): string | undefined {
  const [, four, six, port] = /^(?:([0-9A-F]{8})|\[([0-9a-f:]{39})\]):([0-9A-F]{4})$/.exec(text) ?? [];
  if (port === undefined) return undefined;
  if (four !== undefined) {
    const bytes = parseInt(four, 16);
    const address = `${bytes >>> 24}.${(bytes >>> 16) & 255}.${(bytes >>> 8) & 255}.${bytes & 255}`;
    return endpoint(address, parseInt(port, 16));
  }
  const bytes = parseIp(six ?? '');
  return bytes === undefined ? undefined : endpoint(formatIp(bytes), parseInt(port, 16));
}
