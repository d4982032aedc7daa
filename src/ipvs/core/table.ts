import { formatIp, parseIp } from '../../lib/address.js';
import { endpoint } from '../../lib/endpoint.js';
import { familyOf, type Family, type Forwarding, type Protocol, type VirtualServer } from '../service.js';

/** `-t 192.0.2.1:80`, `-u [2001:db8::1]:53`, `--sctp-service 192.0.2.1:9`, `-f 7` or `-f 7 -6`: the kernel's key, in ipvsadm's spelling. */
export type ServiceKey = string & { readonly __key: 'service' };

/** `10.0.0.2:8080` or `[fd00::2]:8080`: one real server of a service. */
export type ServerKey = string & { readonly __key: 'server' };

/** One real server as the kernel has it, or should have it. */
export interface ServerEntry {
  /** Direct routing, tunnelling or masquerading, in ipvsadm's spelling. */
  readonly forward: '-g' | '-i' | '-m';
  readonly weight: number;
  /** Further options, such as `--tun-type gue --tun-port 6080`, as ipvsadm prints them; empty when there are none. */
  readonly extra: string;
}

/** One service as the kernel has it, or should have it. */
export interface ServiceEntry {
  readonly scheduler: string;
  /** Seconds; null when the service is not persistent. */
  readonly persistence: number | null;
  /** Further options, such as `-o` or `-b sh-port`, as ipvsadm prints them; empty when there are none. */
  readonly extra: string;
  readonly servers: ReadonlyMap<ServerKey, ServerEntry>;
}

/** Desired and observed tables are of one type, so that a diff is a plain comparison. */
export type IpvsTable = ReadonlyMap<ServiceKey, ServiceEntry>;

/** How ipvsadm names a service of each protocol. */
export const SERVICE_OPTION = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;

/** One of the kernel's services that a virtual server is. */
export interface KernelService {
  readonly key: ServiceKey;
  readonly family: Family;
  /** 0 for all; of a mark null. */
  readonly port: number | null;
}

/** @returns the kernel's services that a virtual server is: one, or all of a group, whatever form addresses have. */
export function kernelServices(service: VirtualServer): readonly KernelService[] {
  if ('mark' in service) return [ofMark(service)];
  if ('address' in service) return [ofAddress(service.protocol, service)];
  const { protocol, members } = service;
  return members.map(member => ('mark' in member ? ofMark(member) : ofAddress(protocol, member)));
}

const ofAddress = (
  protocol: Protocol,
  { address, port }: { readonly address: string; readonly port: number },
): KernelService => ({
  key: `${SERVICE_OPTION[protocol]} ${endpoint(canonical(address), port)}` as ServiceKey,
  family: familyOf(address),
  port,
});

const ofMark = ({ mark, family }: { readonly mark: number; readonly family: Family }): KernelService => ({
  key: `-f ${mark}${family === 'inet6' ? ' -6' : ''}` as ServiceKey,
  family,
  port: null,
});

/**
 * @returns the kernel's key of a real server in one service. Without NAT a packet keeps its port, so the service's is
 *   the server's; with a mark there is none (ipvsadm and keepalived put 0)
 */
export function serverKeyIn(
  { port }: KernelService,
  server: { readonly address: string; readonly port: number },
  forwarding: Forwarding,
): ServerKey {
  return serverKey({ address: server.address, port: forwarding === 'NAT' ? server.port : (port ?? 0) });
}

/** @returns the kernel's key of a real server, whatever form its address was written in. */
export const serverKey = (s: { readonly address: string; readonly port: number }): ServerKey =>
  endpoint(canonical(s.address), s.port) as ServerKey;

/** @returns whether the two agree in everything but their servers. */
export const sameService = (a: ServiceEntry, b: ServiceEntry): boolean =>
  a.scheduler === b.scheduler && a.persistence === b.persistence && a.extra === b.extra;

/** @returns whether the two entries are the same to the kernel. */
export const sameServer = (a: ServerEntry, b: ServerEntry): boolean =>
  a.forward === b.forward && a.weight === b.weight && a.extra === b.extra;

/** @returns whether the two are the same to the kernel, with all their servers. */
const sameEntry = (a: ServiceEntry, b: ServiceEntry): boolean =>
  sameService(a, b) &&
  a.servers.size === b.servers.size &&
  [...a.servers].every(([key, server]) => {
    const other = b.servers.get(key);
    return other !== undefined && sameServer(server, other);
  });

/** @returns whether the two are the same to the kernel. */
export const sameTable = (a: IpvsTable, b: IpvsTable): boolean =>
  a.size === b.size &&
  [...a].every(([key, entry]) => {
    const other = b.get(key);
    return other !== undefined && sameEntry(entry, other);
  });

/**
 * Puts `ADDRESS:PORT` as ipvsadm prints it into our own form, since libc and RFC 5952 spell some
 * IPv6 addresses (`::ffff:192.0.2.1`) differently.
 * @returns undefined when the text is no address with a port
 */
export function canonicalEndpoint(text: string): string | undefined {
  // IPv4 has one spelling in ipvsadm's mouth; a table of 5,000 lines is read in a fraction of the time.
  if (/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5}$/.test(text)) return text;
  const [, six, port] = /^\[([^\]]+)\]:(\d{1,5})$/.exec(text) ?? [];
  const bytes = parseIp(six ?? '');
  return bytes === undefined ? undefined : endpoint(formatIp(bytes), Number(port));
}

function canonical(address: string): string {
  if (!address.includes(':')) return address;
  const bytes = parseIp(address);
  return bytes === undefined ? address : formatIp(bytes);
}
