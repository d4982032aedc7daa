import type { InstanceState, ShownRole } from '../ipc/document.js';
import { formatIp } from '../lib/address.js';
import type { Role, RoleReason, RouterSettings, RouterState } from './core/types.js';
import type { Counters } from './counters.js';
import type { VirtualAddress, VrrpInstance } from './instance.js';

/** What is known of an instance at work. */
export interface Known {
  readonly instance: VrrpInstance;
  readonly settings: RouterSettings;
  readonly state: RouterState;
  readonly since: string;
  readonly reason: RoleReason;
  readonly counters: Counters;
  readonly isThere: (address: VirtualAddress) => boolean;
}

/** An instance's part of the state document. */
export function showInstance({
  instance,
  settings,
  state,
  since,
  reason,
  counters,
  isThere,
}: Known): InstanceState {
  const { advertsSent, advertsReceived, becameMaster, addressesRepaired, addressListsThatDiffer } = counters;
  return {
    name: instance.name,
    role: shown(state.role),
    since,
    reason,
    interface: instance.interface,
    family: 'ipv4',
    version: instance.version,
    virtualRouterId: instance.virtualRouterId,
    basePriority: instance.priority,
    priority: settings.priority,
    advertIntervalMs: instance.advertIntervalMs,
    master: masterOf(settings, state),
    addresses: instance.addresses.map(a => ({
      address: `${a.address}/${a.prefixLength}`,
      interface: a.interface,
      held: isThere(a),
    })),
    counters: {
      advertsSent,
      advertsReceived,
      becameMaster,
      addressesRepaired,
      addressListsThatDiffer,
      dropped: { ...counters.dropped },
      refused: { ...counters.refused },
    },
  };
}

function masterOf(settings: RouterSettings, state: RouterState): InstanceState['master'] {
  if (state.role === 'master') {
    return { address: formatIp(settings.primaryAddress), priority: settings.priority };
  }
  if (state.role !== 'backup' || state.master === undefined) return null;
  return { address: formatIp(state.master.address), priority: state.master.priority };
}

/** While it hands over, a router still has the addresses: to its users it is the master. */
export function shown(role: Role): ShownRole {
  switch (role) {
    case 'init':
      return 'INIT';
    case 'fault':
      return 'FAULT';
    case 'backup':
      return 'BACKUP';
    case 'master':
    case 'leaving':
      return 'MASTER';
  }
}
