import { formatIp, parseIp } from '../../lib/address.js';
import { endpoint } from '../../lib/endpoint.js';
import type { VirtualServer } from '../service.js';

/** `-t 192.0.2.1:80`, `-u [2001:db8::1]:53`, `--sctp-service 192.0.2.1:9` or `-f 7`: the kernel's key, in ipvsadm's spelling. */
export type ServiceKey = string & { readonly __key: 'service' };

/** `10.0.0.2:8080` or `[fd00::2]:8080`: one real server of a service. */
export type ServerKey = string & { readonly __key: 'server' };

/** One real server as the kernel has it, or should have it. */
export interface ServerEntry {
  /** Direct routing, tunnelling or masquerading, in ipvsadm's spelling. */
  readonly forward: '-g' | '-i' | '-m';
  readonly weight: number;
  /** Options that holdfast never sets, such as `--tun-type gue --tun-port 6080`; empty when there are none. */
  readonly extra: string;
}

/** One service as the kernel has it, or should have it. */
export interface ServiceEntry {
  readonly scheduler: string;
  /** Seconds; null when the service is not persistent. */
  readonly persistence: number | null;
  /** Options that holdfast never sets, such as `-o` or `-b sh-port`; empty when there are none. */
  readonly extra: string;
  readonly servers: ReadonlyMap<ServerKey, ServerEntry>;
}

/** Desired and observed tables are of one type, so that a diff is a plain comparison. */
export type IpvsTable = ReadonlyMap<ServiceKey, ServiceEntry>;

/** How ipvsadm names a service of each protocol. */
export const SERVICE_OPTION = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;

/** @returns the kernel's key of a virtual server, whatever form its address was written in. */
export const serviceKey = (s: Pick<VirtualServer, 'protocol' | 'address' | 'port'>): ServiceKey =>
  `${SERVICE_OPTION[s.protocol]} ${endpoint(canonical(s.address), s.port)}` as ServiceKey;

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
export const sameEntry = (a: ServiceEntry, b: ServiceEntry): boolean =>
  sameService(a, b) &&
  a.servers.size === b.servers.size &&
  [...a.servers].every(([key, server]) => {
    const other = b.servers.get(key);
    return other !== undefined && sameServer(server, other);
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
