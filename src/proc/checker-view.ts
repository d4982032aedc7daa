import type { Check } from '../checkers/check.js';
import type { CheckView } from '../checkers/driver.js';
import { together, type Verdict } from '../checkers/core/health.js';
import type { CheckState, ServerState, ServiceState } from '../ipc/document.js';
import type { Quorum } from '../ipvs/core/render.js';
import { kernelServices, serverKey, serverKeyIn, type IpvsTable } from '../ipvs/core/table.js';
import { serviceName, type RealServer, type VirtualServer } from '../ipvs/service.js';

/** Which check of which server of which service. */
export interface Place {
  /** `tcp 10.0.0.13:80 10.0.0.17:80 0`: the first check of a server of a service; it spreads the first tries. */
  readonly name: string;
  readonly check: Check;
  readonly service: VirtualServer;
  readonly server: RealServer;
}

/** @returns every check of a service. */
export const placesIn = (service: VirtualServer): readonly Place[] =>
  service.realServers.flatMap(server =>
    server.checks.map((check, i) => ({
      name: `${serviceName(service)} ${serverKey(server)} ${i}`,
      check,
      service,
      server,
    })),
  );

/** @returns `TCP_CHECK of 10.0.0.17:80 in tcp 10.0.0.13:80`, for operators. */
export const showPlace = ({ check, service, server }: Place): string =>
  `${check.type} of ${serverKey(server)} in ${serviceName(service)}`;

/** What is known of a check. */
export type ViewOf = (check: Check) => CheckView;

/** @returns what all checks of a server say together. */
export const verdictOn = (server: RealServer, viewOf: ViewOf): Verdict =>
  together(server.checks.map(check => viewOf(check).verdict));

/**
 * A service's part of the state document.
 * @param observed the table as the kernel had it at the last look, which the weights are read from
 */
export function showService(
  service: VirtualServer,
  viewOf: ViewOf,
  quorum: Quorum,
  observed: IpvsTable,
): ServiceState {
  const { scheduler, forwarding, persistenceTimeout, sorryServer: sorry } = service;
  const single = 'address' in service ? service : undefined;
  return {
    name: serviceName(service),
    protocol: 'protocol' in service ? service.protocol : null,
    address: single?.address ?? null,
    port: single?.port ?? null,
    scheduler,
    forwarding,
    persistenceTimeout,
    quorum,
    sorryServer: sorry === undefined ? null : { address: sorry.address, port: sorry.port, inUse: !quorum.up },
    servers: service.realServers.map(server => showServer(service, server, viewOf, observed)),
  };
}

function showServer(
  service: VirtualServer,
  server: RealServer,
  viewOf: ViewOf,
  observed: IpvsTable,
): ServerState {
  const kernel = kernelServices(service)[0];
  const key = kernel && serverKeyIn(kernel, server, server.method?.kind ?? service.forwarding);
  const entry = kernel && key && observed.get(kernel.key)?.servers.get(key);
  return {
    address: server.address,
    port: server.port,
    weight: server.weight,
    effectiveWeight: entry?.weight ?? null,
    verdict: verdictOn(server, viewOf),
    admin: 'ENABLED',
    checks: server.checks.map((check): CheckState => {
      const { verdict, reason, at, latencyMs } = viewOf(check);
      return { type: check.type, verdict, reason, at, latencyMs };
    }),
  };
}
