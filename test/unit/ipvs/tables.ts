import fc from 'fast-check';
import { parseSave } from '../../../src/ipvs/core/ipvsadm.js';
import type {
  IpvsTable,
  ServerEntry,
  ServerKey,
  ServiceEntry,
  ServiceKey,
} from '../../../src/ipvs/core/table.js';
import type { VirtualServer } from '../../../src/ipvs/service.js';

/** A table from lines as `ipvsadm --save -n` prints them. */
export const table = (...lines: readonly string[]): IpvsTable => parseSave(lines.join('\n'));

/** The guide's service with its two servers, without checks. */
export const guide: VirtualServer = {
  protocol: 'tcp',
  address: '10.0.0.13',
  port: 80,
  scheduler: 'wrr',
  forwarding: 'DR',
  persistenceTimeout: 50,
  quorum: 1,
  realServers: [17, 18].map(last => ({
    address: `10.0.0.${last}`,
    port: 80,
    weight: 1,
    inhibitOnFailure: false,
    checks: [],
  })),
};

export const WEB = '-t 10.0.0.13:80' as ServiceKey;

/** The guide's table, as the kernel saves it. */
export const GUIDE_SAVED = [
  '-A -t 10.0.0.13:80 -s wrr -p 50',
  '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1',
  '-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1',
] as const;

const serviceKeys = fc.constantFrom(
  ...([
    '-t 10.0.0.1:80',
    '-u 10.0.0.1:80',
    '-t 10.0.0.2:443',
    '-t [2001:db8::1]:80',
    '--sctp-service 10.0.0.1:9',
    '-f 7',
    '-f 7 -6',
  ] as ServiceKey[]),
);
const serverKeys = fc.constantFrom(
  ...(['192.0.2.1:80', '192.0.2.2:80', '192.0.2.2:8080', '[fd00::2]:80', '[fd00::3]:1'] as ServerKey[]),
);

const plain = { noNullPrototype: true };

const server: fc.Arbitrary<ServerEntry> = fc.record(
  {
    forward: fc.constantFrom('-g', '-i', '-m'),
    weight: fc.constantFrom(0, 1, 2, 2147483647),
    extra: fc.constantFrom('', '', '--tun-type gue --tun-port 6080 --tun-nocsum'),
  },
  plain,
);

const service: fc.Arbitrary<ServiceEntry> = fc.record(
  {
    scheduler: fc.constantFrom('wrr', 'wlc', 'mh'),
    persistence: fc.constantFrom(null, 50, 360),
    extra: fc.constantFrom('', '', '-o', '-b mh-fallback,mh-port', '-M 255.255.255.0'),
    servers: fc.array(fc.tuple(serverKeys, server), { maxLength: 5 }).map(list => new Map(list)),
  },
  plain,
);

/** Any table of a few services, so that two of them often meet. */
export const anyTable: fc.Arbitrary<IpvsTable> = fc
  .array(fc.tuple(serviceKeys, service), { maxLength: 5 })
  .map(list => new Map(list));
