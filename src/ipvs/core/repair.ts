import type { IpvsOp } from './diff.js';
import { toLine } from './ipvsadm.js';
import { sameServer, sameService, type IpvsTable } from './table.js';

/**
 * Whose doing an op undoes: ours, since what we want has changed, or somebody else's, since the kernel had what we want
 * and has it no more.
 * @param settled the last table that we wanted and the kernel had; undefined before there was one
 */
export function isRepair(op: IpvsOp, settled: IpvsTable | undefined): boolean {
  const had = settled?.get(op.key);
  if (had === undefined) return false;
  switch (op.op) {
    case 'addService':
    case 'editService':
      return sameService(had, op.to);
    case 'addServer':
    case 'editServer': {
      const server = had.servers.get(op.server);
      return server !== undefined && sameServer(server, op.to);
    }
    case 'deleteServer':
      return !had.servers.has(op.server);
    case 'deleteService':
      return false;
  }
}

/** @returns what the table held in the op's place, in ipvsadm's words, or `nothing` */
export function found(op: IpvsOp, before: IpvsTable): string {
  const service = before.get(op.key);
  if (service === undefined) return 'nothing';
  switch (op.op) {
    case 'addService':
    case 'editService':
    case 'deleteService':
      return toLine({ op: 'addService', key: op.key, to: service });
    case 'addServer':
    case 'editServer':
    case 'deleteServer': {
      const entry = service.servers.get(op.server);
      if (entry === undefined) return 'nothing';
      return toLine({ op: 'addServer', key: op.key, server: op.server, to: entry });
    }
  }
}
