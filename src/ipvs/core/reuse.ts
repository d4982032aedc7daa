import { isDeepEqual } from '../../lib/equal.js';
import { serviceName, type RealServer, type VirtualServer } from '../service.js';
import { serverKey } from './table.js';

type Check = RealServer['checks'][number];

/**
 * A new configuration's services, made of the very objects of the old one wherever they say the same, so that whoever
 * knows something of a service, a server or a check finds it again. As in keepalived (ipwrapper.c) a service is known by
 * protocol, address and port, or by its mark or the name of its group, a server by address and port within it, and a check by everything that it says; the
 * order means nothing.
 */
export function reuse(
  before: readonly VirtualServer[],
  after: readonly VirtualServer[],
): readonly VirtualServer[] {
  const left = new Map(before.map(service => [serviceName(service), service]));
  return after.map(service => {
    const key = serviceName(service);
    const was = left.get(key);
    if (was === undefined) return service;
    left.delete(key);
    if (isDeepEqual(was, service)) return was;
    return { ...service, realServers: reuseServers(was.realServers, service.realServers) };
  });
}

function reuseServers(before: readonly RealServer[], after: readonly RealServer[]): readonly RealServer[] {
  const left = new Map(before.map(server => [serverKey(server), server]));
  return after.map(server => {
    const key = serverKey(server);
    const was = left.get(key);
    if (was === undefined) return server;
    left.delete(key);
    return isDeepEqual(was, server) ? was : { ...server, checks: reuseChecks(was.checks, server.checks) };
  });
}

function reuseChecks(before: readonly Check[], after: readonly Check[]): readonly Check[] {
  const left = [...before];
  return after.map(check => {
    const i = left.findIndex(was => isDeepEqual(was, check));
    return left.splice(i, i < 0 ? 0 : 1)[0] ?? check;
  });
}
