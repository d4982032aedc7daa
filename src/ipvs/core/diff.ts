import {
  sameServer,
  sameService,
  type IpvsTable,
  type ServerEntry,
  type ServerKey,
  type ServiceEntry,
  type ServiceKey,
} from './table.js';

/** One change to the kernel's table; each is one line for ipvsadm. */
export type IpvsOp =
  | { readonly op: 'addService' | 'editService'; readonly key: ServiceKey; readonly to: ServiceEntry }
  | {
      readonly op: 'addServer' | 'editServer';
      readonly key: ServiceKey;
      readonly server: ServerKey;
      readonly to: ServerEntry;
    }
  | { readonly op: 'deleteServer'; readonly key: ServiceKey; readonly server: ServerKey }
  | { readonly op: 'deleteService'; readonly key: ServiceKey };

/**
 * The ops that turn `observed` into `desired`.
 *
 * Make before break: every add, and every edit that keeps a server in rotation, comes before the first op that takes
 * one out, so a batch that is cut short leaves too many servers rather than too few. An edit in place of delete and
 * add keeps connections and counters. A service is added together with its servers, so that it is empty for the
 * shortest time.
 *
 * A real server inside a service of ours that the file does not name is taken out (keepalived leaves it). A service
 * that neither `desired` nor `owned` names is somebody else's and is left alone.
 */
export function diff(
  desired: IpvsTable,
  observed: IpvsTable,
  owned: ReadonlySet<ServiceKey>,
): readonly IpvsOp[] {
  const make: IpvsOp[] = [];
  const breaks: IpvsOp[] = [];
  for (const [key, want] of desired) {
    const have = observed.get(key);
    if (have === undefined) {
      make.push({ op: 'addService', key, to: want });
    } else if (!sameService(want, have)) {
      make.push({ op: 'editService', key, to: want });
    }
    for (const [server, to] of want.servers) {
      const from = have?.servers.get(server);
      if (from === undefined) {
        make.push({ op: 'addServer', key, server, to });
      } else if (!sameServer(to, from)) {
        (to.weight === 0 ? breaks : make).push({ op: 'editServer', key, server, to });
      }
    }
    for (const server of have?.servers.keys() ?? []) {
      if (!want.servers.has(server)) breaks.push({ op: 'deleteServer', key, server });
    }
  }
  for (const key of observed.keys()) {
    if (!desired.has(key) && owned.has(key)) breaks.push({ op: 'deleteService', key });
  }
  return [...make, ...breaks];
}
