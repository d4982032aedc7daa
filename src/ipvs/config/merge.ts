import { endpoint } from '../../lib/endpoint.js';
import { isDeepEqual } from '../../lib/equal.js';
import type { Place, Report } from '../../lib/problem.js';
import { serviceName, type RealServer, type VirtualServer } from '../service.js';

/** A virtual server, and where its block begins. */
export interface PlacedService {
  readonly at: Place;
  readonly service: VirtualServer;
}

/**
 * Makes one of the virtual servers that are the same one for the kernel. keepalived keeps each for itself; the kernel
 * knows the first, and all real servers are added to that.
 */
export function mergeServices(all: readonly PlacedService[], report: Report): readonly VirtualServer[] {
  const merged = new Map<string, PlacedService>();
  for (const one of all) {
    const name = serviceName(one.service);
    const first = merged.get(name);
    merged.set(name, first === undefined ? one : merge(first, one, name, report));
  }
  return [...merged.values()].map(({ service }) => service);
}

function merge(first: PlacedService, second: PlacedService, name: string, report: Report): PlacedService {
  report.warn(
    second.at,
    `virtual_server ${name} is there a second time; its real servers are added to the first, as in keepalived`,
    `the first is in line ${first.at.line}; its scheduler, persistence and quorum count`,
  );
  const { forwarding: kind, tunnel } = second.service;
  const own = { kind, ...(tunnel === undefined ? {} : { tunnel }) };
  const same = kind === first.service.forwarding && isDeepEqual(tunnel, first.service.tunnel);
  const keep = (server: RealServer): RealServer =>
    same || server.method !== undefined ? server : { ...server, method: own };
  const known = new Set(first.service.realServers.map(s => endpoint(s.address, s.port)));
  const added = second.service.realServers.filter(s => !known.has(endpoint(s.address, s.port))).map(keep);
  return {
    at: first.at,
    service: { ...first.service, realServers: [...first.service.realServers, ...added] },
  };
}
