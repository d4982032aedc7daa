import type { IpvsOp } from './diff.js';
import {
  sameServer,
  sameService,
  type IpvsTable,
  type ServerEntry,
  type ServerKey,
  type ServiceEntry,
  type ServiceKey,
} from './table.js';

/** @returns whether the table is as the op makes it. */
export function holds(op: IpvsOp, table: IpvsTable): boolean {
  const service = table.get(op.key);
  switch (op.op) {
    case 'addService':
    case 'editService':
      return service !== undefined && sameService(service, op.to);
    case 'addServer':
    case 'editServer': {
      const server = service?.servers.get(op.server);
      return server !== undefined && sameServer(server, op.to);
    }
    case 'deleteServer':
      return service?.servers.has(op.server) !== true;
    case 'deleteService':
      return service === undefined;
  }
}

/**
 * @param ops a diff, all of which the kernel took
 * @returns the table as it is after them; services that none of them names are the same objects as before
 */
export function apply(table: IpvsTable, ops: readonly IpvsOp[]): IpvsTable {
  if (ops.length === 0) return table;
  const result = new Map(table);
  const touched = new Map<ServiceKey, Map<ServerKey, ServerEntry>>();
  const put = (key: ServiceKey, entry: ServiceEntry): void => {
    const servers = touched.get(key) ?? new Map(result.get(key)?.servers);
    touched.set(key, servers);
    result.set(key, { ...entry, servers });
  };
  for (const op of ops) {
    switch (op.op) {
      case 'addService':
      case 'editService':
        put(op.key, op.to);
        break;
      case 'deleteService':
        result.delete(op.key);
        break;
      case 'addServer':
      case 'editServer':
      case 'deleteServer': {
        const service = result.get(op.key);
        if (service === undefined) break;
        if (!touched.has(op.key)) put(op.key, service);
        const servers = touched.get(op.key);
        if (op.op === 'deleteServer') servers?.delete(op.server);
        else servers?.set(op.server, op.to);
      }
    }
  }
  return result;
}
