import type { Forwarding, RealServer, VirtualServer } from '../service.js';
import {
  serverKey,
  serviceKey,
  type IpvsTable,
  type ServerEntry,
  type ServerKey,
  type ServiceEntry,
  type ServiceKey,
} from './table.js';

/** What the checks say of a real server; UNKNOWN until each of them has said something. */
export type Verdict = 'UNKNOWN' | 'UP' | 'DOWN';

/** The verdict on one real server. */
export type Verdicts = (server: RealServer) => Verdict;

/** Where a server is while nothing is known of it: in the table with its weight, in it with weight 0, or not in it. */
export type Standing = 'in' | 'idle' | 'out';

/** The standing of one real server. */
export type Standings = (server: RealServer) => Standing;

const FORWARD = { DR: '-g', TUN: '-i', NAT: '-m' } as const satisfies Record<
  Forwarding,
  ServerEntry['forward']
>;

/**
 * The entry that the kernel should have for a service. All policy on who gets traffic is here.
 *
 * - UP: in the table with its weight.
 * - DOWN: not in the table; with inhibit_on_failure in it with weight 0, so that its connections go on.
 * - UNKNOWN: where it stands, so that neither a restart nor a reload puts a dead server back or takes a live one out.
 */
export function renderService(
  service: VirtualServer,
  verdicts: Verdicts,
  standings: Standings,
): ServiceEntry {
  const servers = new Map<ServerKey, ServerEntry>();
  for (const server of service.realServers) {
    const weight = effectiveWeight(server, verdicts(server), standings);
    if (weight !== null) {
      servers.set(serverKey(server), { forward: FORWARD[service.forwarding], weight, extra: '' });
    }
  }
  return { scheduler: service.scheduler, persistence: service.persistenceTimeout, extra: '', servers };
}

/** @returns the table that the kernel should have */
export const render = (
  services: readonly VirtualServer[],
  verdicts: Verdicts,
  standings: Standings,
): IpvsTable =>
  new Map(
    services.map((service): [ServiceKey, ServiceEntry] => [
      serviceKey(service),
      renderService(service, verdicts, standings),
    ]),
  );

/**
 * Where a server stands by what the kernel has, for whoever knows nothing else.
 * @param found the kernel's entry for its service; in a service that was not there at all it is in (keepalived without
 *   alpha)
 */
export function standingIn(found: ServiceEntry | undefined, server: RealServer): Standing {
  if (found === undefined) return 'in';
  const entry = found.servers.get(serverKey(server));
  if (entry === undefined) return 'out';
  return entry.weight === 0 ? 'idle' : 'in';
}

/** What was known of a server before a reload. */
export interface Known {
  readonly server: RealServer;
  readonly verdict: Verdict;
  readonly standing: Standing;
}

/**
 * Where a server stands after a reload until its checks have all said something: where it stood before. So a server
 * that is down stays out although its checks begin anew; keepalived puts it back until the first of them fails. A server
 * that the service did not have is in at once (keepalived without alpha).
 */
export function standingAfter(was: Known | undefined): Standing {
  switch (was?.verdict) {
    case undefined:
    case 'UP':
      return 'in';
    case 'DOWN':
      return was.server.inhibitOnFailure ? 'idle' : 'out';
    case 'UNKNOWN':
      return was.standing;
  }
}

/** @returns the weight that the server should have in the table, or null when it should not be there. */
function effectiveWeight(server: RealServer, verdict: Verdict, standings: Standings): number | null {
  switch (verdict) {
    case 'UP':
      return server.weight;
    case 'DOWN':
      return server.inhibitOnFailure ? 0 : null;
    case 'UNKNOWN':
      switch (standings(server)) {
        case 'in':
          return server.weight;
        case 'idle':
          return 0;
        case 'out':
          return null;
      }
  }
}

/**
 * Is there weight enough alive? Shown, and nothing more yet.
 *
 * As in keepalived the sum of the weights counts, and a quorum that the file's weights can never reach is taken for
 * the whole of them (check_data.c); hysteresis is not there yet.
 * @param table the desired table
 */
export function quorum(
  service: VirtualServer,
  table: IpvsTable,
): { readonly need: number; readonly have: number; readonly up: boolean } {
  const all = service.realServers.reduce((sum, server) => sum + server.weight, 0);
  const need = Math.min(service.quorum, all);
  let have = 0;
  for (const entry of table.get(serviceKey(service))?.servers.values() ?? []) {
    have += entry.weight;
  }
  return { need, have, up: have > 0 && have >= need };
}
