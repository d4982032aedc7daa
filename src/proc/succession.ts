import { standingAfter, standingIn, wasUpIn, type Standing, type Verdict } from '../ipvs/core/render.js';
import { serverKey, type IpvsTable } from '../ipvs/core/table.js';
import { serviceName, type RealServer, type VirtualServer } from '../ipvs/service.js';
import { placesIn, type Place } from './checker-view.js';

/** What is known before a reload. */
export interface Before {
  readonly services: readonly VirtualServer[];
  readonly verdict: (server: RealServer) => Verdict;
  readonly standing: (server: RealServer) => Standing;
  /** Has a service its quorum? */
  readonly isUp: (service: VirtualServer) => boolean | undefined;
}

/** What a reload changes. Services that it leaves alone are in none of these. */
export interface Succession {
  readonly started: readonly Place[];
  readonly ended: readonly Place[];
  /** Checks that go on, in services that are changed around them. */
  readonly moved: readonly Place[];
  /** Of the servers of every service that is changed or new. */
  readonly standings: ReadonlyMap<RealServer, Standing>;
  /** Had each of these services its quorum, where that is known? */
  readonly quorums: ReadonlyMap<VirtualServer, boolean | undefined>;
}

/**
 * Finds out what becomes of checks and servers when other services take the place of the present ones.
 * @param services with the objects of the present ones wherever nothing is changed (`reuse`)
 * @param found the kernel's table, which a service of ours that is new may be in already
 */
export function succession(before: Before, services: readonly VirtualServer[], found: IpvsTable): Succession {
  const present = new Set(before.services);
  const next = new Set(services);
  const changed = services.filter(service => !present.has(service));
  const gone = before.services.filter(service => !next.has(service));
  const places = changed.flatMap(placesIn);
  const ending = gone.flatMap(placesIn);
  const old = new Set(ending.map(({ check }) => check));
  const staying = new Set(places.map(({ check }) => check));
  const predecessors = new Map(gone.map(service => [serviceName(service), service]));
  return {
    started: places.filter(({ check }) => !old.has(check)),
    moved: places.filter(({ check }) => old.has(check)),
    ended: ending.filter(({ check }) => !staying.has(check)),
    standings: new Map(
      changed.flatMap(service => standingsIn(service, before, predecessors.get(serviceName(service)), found)),
    ),
    quorums: new Map(
      changed.map(service => {
        const predecessor = predecessors.get(serviceName(service));
        return [service, predecessor === undefined ? wasUpIn(found, service) : before.isUp(predecessor)];
      }),
    ),
  };
}

function standingsIn(
  service: VirtualServer,
  { verdict, standing }: Before,
  predecessor: VirtualServer | undefined,
  found: IpvsTable,
): readonly (readonly [RealServer, Standing])[] {
  if (predecessor === undefined) {
    return service.realServers.map(server => [server, standingIn(found, service, server)]);
  }
  const old = new Map(predecessor.realServers.map(server => [serverKey(server), server]));
  return service.realServers.map(server => {
    const was = old.get(serverKey(server));
    const known = was && { server: was, verdict: verdict(was), standing: standing(was) };
    return [server, standingAfter(known, server)];
  });
}
