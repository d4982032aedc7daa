import { nearest } from '../../lib/nearest.js';
import type { Report } from '../../lib/problem.js';
import type { SyncDaemon } from '../keywords/globals.js';

/**
 * Says it when the sync daemon is to follow an instance that there is none of.
 * @param instances the names of the file's vrrp_instances
 */
export function lookAtSyncDaemon(
  daemon: SyncDaemon | undefined,
  instances: readonly string[],
  report: Report,
): void {
  const name = daemon?.instance;
  if (name === undefined || instances.includes(name.text)) return;
  const likely = nearest(name.text, instances);
  report.warn(
    name.at,
    `there is no vrrp_instance ${name.text}; keepalived starts no sync daemon then`,
    likely === undefined ? undefined : `did you mean ${likely}?`,
  );
}
