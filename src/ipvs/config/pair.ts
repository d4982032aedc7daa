import type { Check } from '../../checkers/check.js';
import { endpoint } from '../../lib/endpoint.js';
import { compare, presence, together, type Difference, type Fields } from '../../lib/pair.js';
import { serviceName, type RealServer, type VirtualServer } from '../service.js';

const ON_ALL = 'on all routers';
const NO_ANSWER =
  'while the router without it is master the kernel has no such service, and its clients get no answer';
const DISAGREE = 'one router may hold the server for up while the other does not';
const SOONER = 'no packet says it; one router notices sooner than the other that the server is down';

const SERVICE: Fields = {
  realServers: 'different',
  protocol: {
    severity: 'error',
    means: 'the service is another one after a change of hands, and clients of the first get no answer',
    write: `write the same protocol ${ON_ALL}`,
  },
  scheduler: {
    keyword: 'lvs_sched',
    means: 'no packet says it; connections are shared out in another way after a change of hands',
  },
  forwarding: {
    keyword: 'lvs_method',
    severity: 'error',
    means:
      'packets reach the real servers in another way after a change of hands, and servers made for one way do not answer in the other',
    write: `write the same lvs_method, or lb_kind, which is its old name, ${ON_ALL}`,
  },
  members: {
    keyword: 'virtual_server_group',
    severity: 'error',
    show: value => JSON.stringify(value),
    means: NO_ANSWER,
    write: `write the same virtual_server_group ${ON_ALL}`,
  },
  family: { keyword: 'ip_family', severity: 'error', means: NO_ANSWER },
  tunnel: {
    keyword: 'lvs_method',
    severity: 'error',
    means: 'packets are wrapped in another way after a change of hands, and real servers may not unwrap them',
  },
  schedulerFlags: {
    keyword: 'flag-1, flag-2 or flag-3',
    means: 'no packet says it; connections are shared out in another way after a change of hands',
  },
  onePacket: { keyword: 'ops', means: 'packets of one client go elsewhere after a change of hands' },
  sorryServer: { keyword: 'sorry_server', means: 'clients get another answer when the quorum is lost' },
  hysteresis: { means: 'the service counts as up from another weight on after a change of hands' },
  persistenceGranularity: { means: 'after a change of hands other clients share a server' },
  persistenceEngine: { means: 'after a change of hands other clients share a server' },
  persistenceTimeout: {
    show: value => (typeof value === 'number' ? `${value} s` : 'off'),
    means: 'no packet says it; after a change of hands a client keeps its server for another time',
  },
  quorum: { means: 'the service counts as up from another weight on after a change of hands' },
};

const SERVER: Fields = {
  checks: 'different',
  method: {
    keyword: 'lvs_method',
    severity: 'error',
    means: 'packets reach the server in another way after a change of hands, and it may not answer in that',
  },
  alpha: { means: 'at its start one router sends connections to the server before the other does' },
  weight: { means: 'the server gets another share of the connections after a change of hands' },
  inhibitOnFailure: {
    means: 'when a check fails one router breaks the connections of the server, the other keeps them',
  },
};

const CHECK: Fields = {
  // Of each router's own network.
  bindAddress: 'different',
  // Nothing but the first check hangs on it.
  warmupMs: 'different',
  connectAddress: { keyword: 'connect_ip', means: DISAGREE },
  connectPort: { means: DISAGREE },
  timeoutMs: { keyword: 'connect_timeout', means: SOONER },
  retry: { means: SOONER },
  delayBeforeRetryMs: { means: SOONER },
  delayLoopMs: { means: SOONER },
  protocol: { keyword: 'http_protocol', means: DISAGREE },
  'urls.*': { keyword: 'url', means: DISAGREE },
  'urls.*.path': { means: DISAGREE },
  'urls.*.virtualhost': { means: DISAGREE },
  'urls.*.statusCodes': { keyword: 'status_code', show: showRanges, means: DISAGREE },
  'urls.*.digest': { means: DISAGREE },
};

/**
 * Compares the virtual servers of the routers of one pair.
 * @param routers the services of each
 */
export const compareServices = (routers: readonly (readonly VirtualServer[])[]): readonly Difference[] =>
  together(routers, [
    serviceName,
    s => ('address' in s ? endpoint(s.address, s.port) : serviceName(s)),
  ]).flatMap(compareService);

function compareService(routers: readonly (VirtualServer | undefined)[]): readonly Difference[] {
  const present = routers.filter(service => service !== undefined);
  const [first] = present;
  if (first === undefined) return [];
  const where = `virtual_server ${serviceName(first)}`;
  if (present.length < routers.length) {
    const values = presence(routers);
    const write = `write the virtual_server ${ON_ALL}`;
    return [
      {
        severity: 'error',
        where,
        what: 'virtual_server',
        keyword: 'virtual_server',
        values,
        means: NO_ANSWER,
        write,
      },
    ];
  }
  return [
    ...compare(where, '', routers, SERVICE),
    ...together(
      present.map(service => service.realServers),
      [server => endpoint(server.address, server.port)],
    ).flatMap(servers => compareServer(where, servers)),
  ];
}

function compareServer(where: string, routers: readonly (RealServer | undefined)[]): readonly Difference[] {
  const present = routers.filter(server => server !== undefined);
  const [first] = present;
  if (first === undefined) return [];
  const part = endpoint(first.address, first.port);
  if (present.length < routers.length) {
    return [
      {
        severity: 'warning',
        where,
        what: `real_server ${part}`,
        keyword: 'real_server',
        values: presence(routers),
        means:
          'the server gets connections only while a router that has it is master, and loses them with it',
        write: `write the real_server ${ON_ALL}, unless the difference is meant`,
      },
    ];
  }
  return [
    ...compare(where, part, present, SERVER),
    ...compareChecks(
      where,
      part,
      present.map(server => server.checks),
    ),
  ];
}

/** Checks of one kind belong together, the first with the first. */
function compareChecks(
  where: string,
  part: string,
  routers: readonly (readonly Check[])[],
): readonly Difference[] {
  const kinds = routers.map(checks => checks.map(check => check.type).join(', '));
  if (new Set(kinds).size > 1) {
    const values = kinds.map(kind => (kind === '' ? 'none' : kind));
    const write = `write the same checks ${ON_ALL}, unless the difference is meant`;
    return [
      {
        severity: 'warning',
        where,
        what: `${part} checks`,
        keyword: 'checks',
        values,
        means: DISAGREE,
        write,
      },
    ];
  }
  return (routers[0] ?? []).flatMap(({ type }, i) =>
    compare(
      where,
      `${part} ${type}`,
      routers.map(checks => checks[i]),
      CHECK,
    ),
  );
}

function showRanges(value: unknown): string {
  const ranges = value as readonly (readonly [number, number])[];
  return ranges.map(([least, most]) => (least === most ? `${least}` : `${least}-${most}`)).join(' ');
}
