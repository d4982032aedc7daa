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

const OPTION: Readonly<Record<string, string>> = {
  TCP: SERVICE_OPTION.tcp,
  UDP: SERVICE_OPTION.udp,
  SCTP: SERVICE_OPTION.sctp,
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
  let servers: Map<ServerKey, ServerEntry> | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('  -> ')) {
      if (servers === undefined) continue;
      const [, where = '', word = '', weight] = line.trim().split(/\s+/);
      const server = readEndpoint(where);
      const forward = FORWARD[word];
      if (server === undefined || forward === undefined) continue;
      servers.set(server as ServerKey, { forward, weight: Number(weight), extra: '' });
      continue;
    }
    servers = undefined;
    const [protocol = '', where = '', scheduler = '', ...rest] = line.trim().split(/\s+/);
    const option = OPTION[protocol];
    const key = option === undefined ? undefined : (`${option} ${readEndpoint(where)}` as ServiceKey);
    if (key === undefined || !keys.has(key)) continue;
    servers = new Map();
    table.set(key, {
      scheduler,
      persistence: rest.includes('persistent') ? NaN : null,
      extra: '',
      servers,
    });
  }
  return table;
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
