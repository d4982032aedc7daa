import type { Family, Forwarding, SchedulerFlag, Tunnel, VirtualServer } from '../service.js';
import type { ServerEntry } from './table.js';

/** ipvsadm's options for what a service and a server say beside the usual, in its own order and spelling. */

export const FORWARD = { DR: '-g', TUN: '-i', NAT: '-m' } as const satisfies Record<
  Forwarding,
  ServerEntry['forward']
>;

/** sh and mh have names for two of their flags, and no third. */
const FLAGS: Readonly<Record<string, Readonly<Partial<Record<SchedulerFlag, string>>>>> = {
  sh: { 1: 'sh-fallback', 2: 'sh-port' },
  mh: { 1: 'mh-fallback', 2: 'mh-port' },
};
const OTHERS = { 1: 'flag-1', 2: 'flag-2', 3: 'flag-3' } as const;

/** What stands for the whole address, and what ipvsadm does not show. */
const WHOLE: readonly string[] = ['255.255.255.255', '128'];

/** @returns the options of a service behind `-s` and `-p` */
export function serviceOptions(service: VirtualServer, family: Family): string {
  const { persistenceGranularity: mask, persistenceEngine: engine, persistenceTimeout } = service;
  const names = FLAGS[service.scheduler] ?? OTHERS;
  const flags = (service.schedulerFlags ?? []).flatMap(flag => names[flag] ?? []);
  // A netmask is of IPv4, a length of IPv6.
  const fits = mask !== undefined && mask.includes('.') === (family === 'inet') && !WHOLE.includes(mask);
  return [
    ...(persistenceTimeout !== null && fits ? ['-M', mask] : []),
    ...(persistenceTimeout !== null && engine !== undefined ? ['--pe', engine] : []),
    ...(isOnePacket(service) ? ['-o'] : []),
    ...(flags.length === 0 ? [] : ['-b', flags.join(',')]),
  ].join(' ');
}

/** ipvsadm takes it for UDP and marks alone. */
const isOnePacket = (service: VirtualServer): boolean =>
  service.onePacket === true && (!('protocol' in service) || service.protocol === 'udp');

/** @returns the options of a server behind `-w`; none for ipip, which is what `-i` means */
export function tunnelOptions(kind: Forwarding, tunnel: Tunnel | undefined): string {
  if (kind !== 'TUN' || tunnel === undefined || tunnel.type === 'ipip') return '';
  const { type, port, checksum = 'nocsum' } = tunnel;
  return ['--tun-type', type, ...(type === 'gue' ? ['--tun-port', port] : []), `--tun-${checksum}`].join(' ');
}
