import type { Check } from '../../checkers/check.js';
import { completeCheck } from '../../checkers/config/check.js';
import { timesOf, type CheckDraft, type Timing } from '../../checkers/keywords/check.js';
import { endpoint } from '../../lib/endpoint.js';
import type { Place, Report } from '../../lib/problem.js';
import type { ServerDraft, ServiceDraft } from '../keywords/service.js';
import type { Forwarding, RealServer, VirtualServer } from '../service.js';

/**
 * Fills in what a virtual server and its real servers leave out.
 * @returns undefined when it cannot be told what it is after an error, and, with a warning, when it has no real server,
 *   as keepalived does; what else is wrong is reported and the rest is read, so that all is said at once
 */
export function completeService(draft: ServiceDraft, report: Report): VirtualServer | undefined {
  const { at, where, values } = draft;
  if (where === undefined) return undefined;
  const { value } = values;
  if (values.at.real_server === undefined) {
    report.warn(at, 'a virtual server without real servers is ignored', 'add a real_server block');
    return undefined;
  }
  const { port = 0 } = where;
  const persistence = value.persistence_timeout ?? null;
  if (port === 0 && persistence === null) {
    report.error(
      at,
      'a virtual server for all ports must be persistent',
      'write a port or persistence_timeout',
    );
    return undefined;
  }
  if (value.protocol === undefined && values.at.protocol === undefined) {
    report.warn(
      at,
      'protocol is missing in virtual_server; it is UDP then',
      'write protocol TCP if that is meant',
    );
  }
  const kind = value.lvs_method ?? value.lb_kind ?? 'NAT';
  const service = { address: where.address, port, forwarding: kind };
  const realServers = completeServers(value.real_server ?? [], { ...value, ...service }, report);
  return {
    protocol: value.protocol ?? 'udp',
    ...service,
    scheduler: value.lvs_sched ?? value.lb_algo ?? 'wlc',
    persistenceTimeout: persistence,
    quorum: quorumOf(value.quorum ?? 1, realServers, values.at.quorum ?? at, report),
    realServers,
  };
}

/** What real servers take from their virtual server. */
interface Outer extends Timing {
  readonly address: string;
  readonly port: number;
  readonly forwarding: Forwarding;
  readonly weight?: number;
  readonly inhibit_on_failure?: boolean;
  readonly virtualhost?: string;
}

function completeServers(
  drafts: readonly ServerDraft[],
  outer: Outer,
  report: Report,
): readonly RealServer[] {
  const seen = new Set<string>();
  const servers: RealServer[] = [];
  for (const draft of drafts) {
    const port = portOf(draft, outer, report);
    const name = endpoint(draft.address, port);
    if (seen.has(name)) {
      report.error(draft.at, `real server ${name} is there twice in this virtual server`);
      continue;
    }
    seen.add(name);
    if (outer.forwarding !== 'TUN' && draft.address.includes(':') !== outer.address.includes(':')) {
      report.error(
        draft.at,
        `real server ${draft.address} is of another address family than its virtual server`,
        'only TUN can do that',
      );
      continue;
    }
    servers.push(completeServer(draft, port, outer, report));
  }
  return servers;
}

/** With DR and TUN the packet keeps its port, so the kernel knows no other (check_data.c: forced, with a message). */
function portOf(draft: ServerDraft, outer: Outer, report: Report): number {
  const port = draft.port ?? outer.port;
  if (outer.forwarding === 'NAT' || port === outer.port) return port;
  report.warn(
    draft.at,
    `with ${outer.forwarding} a real server has its virtual server's port: ${outer.port} in place of ${port}`,
  );
  return outer.port;
}

function completeServer(draft: ServerDraft, port: number, outer: Outer, report: Report): RealServer {
  const own = draft.values.value;
  const around = {
    address: draft.address,
    port,
    timing: { ...timesOf(outer), ...timesOf(own) },
    virtualhost: own.virtualhost ?? outer.virtualhost,
  };
  const checks = draftsOf(own)
    .map(check => completeCheck(check, around, report))
    .filter((check): check is Check => check !== undefined);
  return {
    address: draft.address,
    port,
    weight: own.weight ?? outer.weight ?? 1,
    inhibitOnFailure: own.inhibit_on_failure ?? outer.inhibit_on_failure ?? false,
    checks,
  };
}

const draftsOf = (own: ServerDraft['values']['value']): readonly CheckDraft[] => [
  ...(own.TCP_CHECK ?? []),
  ...(own.HTTP_GET ?? []),
];

/** A quorum that all servers together cannot reach is taken for all of them (check_data.c). */
function quorumOf(quorum: number, servers: readonly RealServer[], at: Place, report: Report): number {
  const all = servers.reduce((sum, server) => sum + server.weight, 0);
  if (quorum <= all || all === 0) return quorum;
  report.warn(at, `quorum ${quorum} is more than all real servers weigh; it is ${all} then`);
  return all;
}
