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

/** The verdict on one real server of one service. */
export type Verdicts = (service: VirtualServer, server: RealServer) => Verdict;

const FORWARD = { DR: '-g', TUN: '-i', NAT: '-m' } as const satisfies Record<
  Forwarding,
  ServerEntry['forward']
>;

/**
 * The table that the kernel should have. All policy on who gets traffic is here.
 *
 * - UP: in the table with its weight.
 * - DOWN: not in the table; with inhibit_on_failure in it with weight 0, so that its connections go on.
 * - UNKNOWN: as it was in the kernel when this process started, so that a restart neither puts a dead server back nor
 *   takes a live one out; in a service that was not there at all, as if it were UP (keepalived without alpha).
 *
 * @param start the kernel's table as this process found it
 */
export function render(services: readonly VirtualServer[], verdicts: Verdicts, start: IpvsTable): IpvsTable {
  const table = new Map<ServiceKey, ServiceEntry>();
  for (const service of services) {
    const key = serviceKey(service);
    const servers = new Map<ServerKey, ServerEntry>();
    for (const server of service.realServers) {
      const weight = effectiveWeight(server, verdicts(service, server), start.get(key));
      if (weight !== null) {
        servers.set(serverKey(server), { forward: FORWARD[service.forwarding], weight, extra: '' });
      }
    }
    table.set(key, {
      scheduler: service.scheduler,
      persistence: service.persistenceTimeout,
      extra: '',
      servers,
    });
  }
  return table;
}

/** @returns the weight that the server should have in the table, or null when it should not be there. */
function effectiveWeight(
  server: RealServer,
  verdict: Verdict,
  start: ServiceEntry | undefined,
): number | null {
  switch (verdict) {
    case 'UP':
      return server.weight;
    case 'DOWN':
      return server.inhibitOnFailure ? 0 : null;
    case 'UNKNOWN': {
      if (start === undefined) return server.weight;
      const entry = start.servers.get(serverKey(server));
      if (entry === undefined) return null;
      return entry.weight === 0 ? 0 : server.weight;
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
