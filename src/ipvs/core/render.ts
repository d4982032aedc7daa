import { familyOf, type Method, type RealServer, type VirtualServer } from '../service.js';
import { FORWARD, serviceOptions, tunnelOptions } from './options.js';
import {
  kernelServices,
  serverKey,
  serverKeyIn,
  type IpvsTable,
  type KernelService,
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

/**
 * The entries that the kernel should have for a service, more than one for a group. All policy on who gets traffic is
 * here.
 *
 * - UP: in the table with its weight.
 * - DOWN: not in the table; with inhibit_on_failure in it with weight 0, so that its connections go on.
 * - UNKNOWN: where it stands, so that neither a restart nor a reload puts a dead server back or takes a live one out.
 *
 * Without its quorum a service that has a sorry server has no other; `diff` sees to it that it is in before they go.
 * @param isUp has it its quorum?
 */
export function renderService(
  service: VirtualServer,
  verdicts: Verdicts,
  standings: Standings,
  isUp: boolean,
): IpvsTable {
  const weights = service.realServers.map(server => {
    const weight = effectiveWeight(server, verdicts(server), standings);
    if (isUp || service.sorryServer === undefined || weight === null) return weight;
    return server.inhibitOnFailure ? 0 : null;
  });
  return new Map(
    kernelServices(service).map(kernel => [kernel.key, renderKernel(service, kernel, weights, isUp)]),
  );
}

function renderKernel(
  service: VirtualServer,
  kernel: KernelService,
  weights: readonly (number | null)[],
  isUp: boolean,
): ServiceEntry {
  const servers = new Map<ServerKey, ServerEntry>();
  const put = (server: Addressed, method: Method | undefined, weight: number): void => {
    const { kind, tunnel } = method ?? { kind: service.forwarding, tunnel: service.tunnel };
    if (kind !== 'TUN' && familyOf(server.address) !== kernel.family) return;
    const entry = { forward: FORWARD[kind], weight, extra: tunnelOptions(kind, tunnel) };
    servers.set(serverKeyIn(kernel, server, kind), entry);
  };
  service.realServers.forEach((server, i) => {
    const weight = weights[i];
    if (weight !== undefined && weight !== null) put(server, server.method, weight);
  });
  const { sorryServer: sorry } = service;
  if (sorry !== undefined && !isUp) {
    put(sorry, sorry.method, 1);
  } else if (sorry?.inhibit === true && !service.realServers.some(server => isSame(server, sorry))) {
    put(sorry, sorry.method, 0);
  }
  return {
    scheduler: service.scheduler,
    persistence: service.persistenceTimeout,
    extra: serviceOptions(service, kernel.family),
    servers,
  };
}

interface Addressed {
  readonly address: string;
  readonly port: number;
}

const isSame = (a: Addressed, b: Addressed): boolean => serverKey(a) === serverKey(b);

/**
 * @param wasUp had each service its quorum, where it is known
 * @returns the table that the kernel should have
 */
export function render(
  services: readonly VirtualServer[],
  verdicts: Verdicts,
  standings: Standings,
  wasUp: (service: VirtualServer) => boolean | undefined = () => undefined,
): IpvsTable {
  return gather(
    services.map(service => {
      const { up } = quorum(service, verdicts, standings, wasUp(service));
      return renderService(service, verdicts, standings, up);
    }),
  );
}

/** Makes one table of those of several services. The kernel has a service once: the first counts, with all servers. */
export function gather(tables: readonly IpvsTable[]): IpvsTable {
  const all = new Map<ServiceKey, ServiceEntry>();
  for (const table of tables) {
    for (const [key, entry] of table) {
      const first = all.get(key);
      if (first === undefined) all.set(key, entry);
      else all.set(key, { ...first, servers: new Map([...entry.servers, ...first.servers]) });
    }
  }
  return all;
}

/**
 * Where a server stands by what the kernel has, for whoever knows nothing else.
 * @param found the kernel's table; where it has nothing of its service the server is in, or with alpha not yet
 */
export function standingIn(found: IpvsTable, service: VirtualServer, server: RealServer): Standing {
  const kernel = kernelServices(service).find(({ key }) => found.has(key));
  if (kernel === undefined) return standingOfNew(server);
  const key = serverKeyIn(kernel, server, server.method?.kind ?? service.forwarding);
  const entry = found.get(kernel.key)?.servers.get(key);
  if (entry === undefined) return 'out';
  return entry.weight === 0 ? 'idle' : 'in';
}

/** Where a server stands that nobody has heard of before. */
function standingOfNew({ alpha = false, inhibitOnFailure }: RealServer): Standing {
  if (!alpha) return 'in';
  return inhibitOnFailure ? 'idle' : 'out';
}

/** @returns whether the kernel has a service's sorry server at work, by which the quorum is lost; undefined for a new service */
export function wasUpIn(found: IpvsTable, service: VirtualServer): boolean | undefined {
  const kernel = kernelServices(service).find(({ key }) => found.has(key));
  const { sorryServer: sorry } = service;
  if (kernel === undefined || sorry === undefined) return undefined;
  const key = serverKeyIn(kernel, sorry, sorry.method?.kind ?? service.forwarding);
  const weight = found.get(kernel.key)?.servers.get(key)?.weight ?? 0;
  return weight === 0 || service.realServers.some(server => isSame(server, sorry));
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
 * that the service did not have is in at once, or with alpha not before it has been found up.
 */
export function standingAfter(was: Known | undefined, server: RealServer): Standing {
  switch (was?.verdict) {
    case undefined:
      return standingOfNew(server);
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

/** How much weight is alive. */
export interface Quorum {
  readonly need: number;
  readonly have: number;
  readonly up: boolean;
}

/**
 * Is there weight enough alive?
 *
 * As in keepalived the sum of the weights counts (ipwrapper.c): with `quorum` + `hysteresis` it is there, with less than
 * `quorum` - `hysteresis` or with nothing it is lost, and in between it is what it was. What the file's weights can
 * never reach is taken for the whole of them; keepalived does so for the quorum alone, and with a hysteresis on top
 * that cannot be reached a service never comes back. Where all weights are 0 the quorum is what the file says:
 * keepalived makes 0 of it, and of the hysteresis 4294967295.
 * @param wasUp undefined for a service that is new
 */
export function quorum(
  service: VirtualServer,
  verdicts: Verdicts,
  standings: Standings,
  wasUp: boolean | undefined,
): Quorum {
  let have = 0;
  let all = 0;
  for (const server of service.realServers) {
    have += effectiveWeight(server, verdicts(server), standings) ?? 0;
    all += server.weight;
  }
  const need = all === 0 ? service.quorum : Math.min(service.quorum, all);
  const play = Math.min(service.hysteresis ?? 0, need - 1);
  const least = wasUp === true ? need - play : Math.min(need + play, Math.max(need, all));
  return { need, have, up: have > 0 && have >= least };
}
