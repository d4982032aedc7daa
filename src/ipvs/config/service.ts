import { reportNotYet, type Values } from '../../lib/keyword.js';
import { nearest } from '../../lib/nearest.js';
import type { Place, Report } from '../../lib/problem.js';
import { DEFAULT_PERSISTENCE } from '../keywords/balancing.js';
import type { Endpoint, Group, Mark } from '../keywords/endpoint.js';
import type { ServiceDraft, VIRTUAL_SERVER } from '../keywords/service.js';
import type { RealServer, VirtualServer } from '../service.js';
import { completeServers, type Names } from './servers.js';

type ServiceValues = Values<typeof VIRTUAL_SERVER>;

/**
 * Fills in what a virtual server and its real servers leave out.
 * @param names what the file defines elsewhere
 * @returns undefined when it cannot be told what it is after an error, and, with a warning, when it has no real server,
 *   as keepalived does; what else is wrong is reported and the rest is read, so that all is said at once
 */
export function completeService(
  draft: ServiceDraft,
  names: Names,
  report: Report,
): VirtualServer | undefined {
  const { at, where, values } = draft;
  if (where === undefined) return undefined;
  const { value } = values;
  const single = 'address' in where ? where : undefined;
  if (!('address' in where)) lookAtUnsupported(where, at, names, report);
  const { kind: forwarding, tunnel } = value.lvs_method ?? { kind: 'NAT' };
  if (tunnel !== undefined && tunnel.type !== 'ipip') {
    reportNotYet(values.at.lvs_method ?? at, `a tunnel of type ${tunnel.type}`, 'packets go by ipip', report);
  }
  const port = single?.port ?? 0;
  const outer = { ...value, address: single?.address, port, forwarding };
  const realServers = completeServers(value.real_server ?? [], outer, names, report);
  if (realServers.length === 0) {
    report.warn(
      at,
      'a virtual server without real servers is left out, as in keepalived',
      'add a real_server block',
    );
    return undefined;
  }
  lookAtSorryServer(values, port, realServers, report);
  const quorum = quorumOf(values, at, realServers, report);
  if (single === undefined) return undefined;
  if (value.protocol === undefined && values.at.protocol === undefined) {
    report.warn(
      at,
      'protocol is missing in virtual_server; it is UDP then',
      'write protocol TCP if that is meant',
    );
  }
  return {
    protocol: PROTOCOLS[value.protocol ?? 'UDP'],
    address: single.address,
    port,
    forwarding,
    scheduler: value.lvs_sched ?? 'wlc',
    persistenceTimeout: persistenceOf(values, single, at, report),
    quorum,
    realServers,
  };
}

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

function lookAtUnsupported(where: Mark | Group, at: Place, names: Names, report: Report): void {
  if ('mark' in where) {
    reportNotYet(at, 'virtual_server fwmark', 'packets with that mark would not be served', report);
    return;
  }
  const { text, at: place } = where.group;
  if (!names.groups.includes(text)) {
    const likely = nearest(text, names.groups);
    report.warn(
      place,
      `there is no virtual_server_group ${text}; keepalived leaves this service out without a word`,
      likely === undefined ? `write a virtual_server_group ${text} { … }` : `did you mean ${likely}?`,
    );
  }
  reportNotYet(at, 'virtual_server group', 'its addresses would not be served', report);
}

/** The kernel has services for all ports only when they are persistent; keepalived makes them so. */
function persistenceOf(
  { value, at: places }: ServiceValues,
  { port }: Endpoint,
  at: Place,
  report: Report,
): number | null {
  const { persistence_timeout: timeout, persistence_granularity: granularity } = value;
  if (timeout !== undefined) return timeout;
  // keepalived takes a granularity for a wish to be persistent.
  if (granularity !== undefined) return DEFAULT_PERSISTENCE;
  if (port !== undefined) return null;
  report.warn(
    places.persistence_timeout ?? at,
    `a virtual server for all ports must be persistent; it is for ${DEFAULT_PERSISTENCE} s, as in keepalived`,
    'write a port or persistence_timeout',
  );
  return DEFAULT_PERSISTENCE;
}

/** A quorum that all servers together cannot reach is taken for all of them, hysteresis for less than that. */
function quorumOf(
  { value, at: places }: ServiceValues,
  at: Place,
  servers: readonly RealServer[],
  report: Report,
): number {
  const all = servers.reduce((sum, server) => sum + server.weight, 0);
  const { quorum: asked = 1, hysteresis = 0 } = value;
  if (all === 0) {
    report.warn(
      at,
      'all real servers weigh 0: none gets connections, and keepalived never counts the service as up',
      'write a weight above 0 for those that are to get some',
    );
    return asked;
  }
  const quorum = Math.min(asked, all);
  if (quorum !== asked) {
    report.warn(
      places.quorum ?? at,
      `quorum ${asked} is more than all real servers weigh; it is ${quorum} then, as in keepalived`,
      'the quorum is a sum of weights, not a number of servers',
    );
  }
  if (hysteresis > 0 && hysteresis >= quorum) {
    report.warn(
      places.hysteresis ?? at,
      `hysteresis ${hysteresis} is not below quorum ${quorum}; keepalived takes ${quorum - 1}`,
    );
  }
  return quorum;
}

function lookAtSorryServer(
  { value: { sorry_server: sorry } }: ServiceValues,
  outerPort: number,
  servers: readonly RealServer[],
  report: Report,
): void {
  if (sorry === undefined) return;
  const { address, port = outerPort, at } = sorry;
  if (servers.some(server => server.address === address && server.port === port)) {
    report.warn(
      at,
      'the sorry server is a real server of the same service: keepalived sends everybody there when the last check has failed, its own, too',
      'name a server that is up when the others are not',
    );
  }
}
