import { addressesIn } from '../../lib/address-range.js';
import type { Values } from '../../lib/keyword.js';
import { nearest } from '../../lib/nearest.js';
import type { Place, Report } from '../../lib/problem.js';
import { DEFAULT_PERSISTENCE, SCHEDULER_FLAGS } from '../keywords/balancing.js';
import type { Endpoint, Group, Mark } from '../keywords/endpoint.js';
import { isMixed, type FamilyMark } from '../keywords/group.js';
import type { ServiceDraft, VIRTUAL_SERVER } from '../keywords/service.js';
import {
  familyOf,
  type Family,
  type Method,
  type RealServer,
  type SchedulerFlag,
  type SorryServer,
  type VirtualServer,
} from '../service.js';
import { completeServers, type Names } from './servers.js';

type ServiceValues = Values<typeof VIRTUAL_SERVER>;

/**
 * Fills in what a virtual server and its real servers leave out.
 * @param names what the file defines elsewhere
 * @returns undefined when it cannot be told what it is after an error, and, with a warning, when it has no real server,
 *   as keepalived does; what else is wrong is reported and the rest is read, so that all is said at once
 */
export function completeService(
  draft: ServiceDraft,
  names: Names,
  report: Report,
): VirtualServer | undefined {
  const { at, where, values } = draft;
  if (where === undefined) return undefined;
  const { value } = values;
  const members = 'group' in where ? membersOf(where, names, report) : undefined;
  const method = methodOf(value.lvs_method ?? { kind: 'NAT' }, values.at.lvs_method ?? at, report);
  const port = 'group' in where ? undefined : 'mark' in where ? 0 : (where.port ?? 0);
  const family = familyIn(where, members, values);
  const outer = { ...value, family, port, marked: 'mark' in where, method };
  const realServers = completeServers(value.real_server ?? [], outer, names, report);
  const [first] = realServers;
  if (first === undefined) {
    report.warn(
      at,
      'a virtual server without real servers is left out, as in keepalived',
      'add a real_server block',
    );
    return undefined;
  }
  const sorryServer = sorryServerOf(values, port, realServers, report);
  const { quorum, hysteresis } = quorumOf(values, at, realServers, report);
  if ('group' in where && (members === undefined || members.length === 0)) return undefined;
  lookAtTheRest(where, members, draft, report);
  const isMarks = 'mark' in where || members?.every(member => 'mark' in member) === true;
  if (isMarks && value.protocol !== undefined) {
    report.warn(values.at.protocol ?? at, 'protocol is ignored: a mark is of packets of any protocol');
  }
  if (value.protocol === undefined && values.at.protocol === undefined && !isMarks) {
    report.warn(
      at,
      'protocol is missing in virtual_server; it is UDP then',
      'write protocol TCP if that is meant',
    );
  }
  const protocol = PROTOCOLS[value.protocol ?? 'UDP'];
  const sixes = family ?? familyOf(first.address);
  const allPorts = members?.some(m => !('mark' in m) && m.port === 0) ?? (port === 0 && !('mark' in where));
  const flags = schedulerFlagsOf(value);
  return {
    ...('address' in where
      ? { protocol, address: where.address, port: where.port ?? 0 }
      : 'mark' in where
        ? { mark: where.mark, family: sixes }
        : {
            protocol,
            group: where.group.text,
            members: (members ?? []).map(m =>
              'mark' in m ? { mark: m.mark, family: m.family ?? sixes } : m,
            ),
          }),
    forwarding: method.kind,
    ...(method.tunnel === undefined ? {} : { tunnel: method.tunnel }),
    scheduler: value.lvs_sched ?? 'wlc',
    ...(flags.length === 0 ? {} : { schedulerFlags: flags }),
    persistenceTimeout: persistenceOf(values, allPorts, at, report),
    ...(value.persistence_granularity === undefined
      ? {}
      : { persistenceGranularity: value.persistence_granularity }),
    ...(value.persistence_engine === undefined ? {} : { persistenceEngine: value.persistence_engine }),
    ...(value.ops === true ? { onePacket: true } : {}),
    quorum,
    ...(hysteresis === 0 ? {} : { hysteresis }),
    ...(sorryServer === undefined ? {} : { sorryServer }),
    realServers,
  };
}

/** What keepalived complains of, and what is done all the same. */
function lookAtTheRest(
  where: Endpoint | Mark | Group,
  members: readonly Member[] | undefined,
  { at, values: { value, at: places } }: ServiceDraft,
  report: Report,
): void {
  if (value.hashed === true && value.lvs_sched !== 'sh') {
    report.warn(places.hashed ?? at, 'hashed is of the scheduler sh alone; it is ignored, as in keepalived');
  }
  if (!('group' in where)) return;
  for (const { port, at: place, values } of value.real_server ?? []) {
    const { kind } = values.value.lvs_method ?? value.lvs_method ?? { kind: 'NAT' };
    if (kind === 'NAT' || port === undefined) continue;
    if (members?.every(member => !('mark' in member) && member.port === port) !== false) continue;
    report.warn(
      place,
      `with ${kind} a real server has the port of each member of the group; ${port} is for its checks and the members with that port`,
    );
  }
}

/** ipvsadm refuses what these have not, and keepalived's kernel gets it and does nothing with it. */
function methodOf(method: Method, at: Place, report: Report): Method {
  const { kind, tunnel } = method;
  if (tunnel === undefined || (tunnel.type === 'ipip' && tunnel.checksum === undefined)) return { kind };
  if (tunnel.type === 'gue' && tunnel.port === undefined) {
    report.error(at, 'a tunnel of type gue takes a port', 'write lvs_method TUN type gue port 6080');
  }
  const { type, port, checksum } = tunnel;
  const has = type === 'gue' || (type === 'gre' && checksum !== 'remcsum') ? checksum : undefined;
  if (checksum !== has && checksum !== 'nocsum') {
    report.warn(at, `a tunnel of type ${type} has no ${checksum}; it is left out`);
  }
  if (type === 'ipip') return { kind };
  return {
    kind,
    tunnel: {
      type,
      ...(type === 'gue' && port !== undefined ? { port } : {}),
      ...(has === undefined ? {} : { checksum: has }),
    },
  };
}

/** The most addresses that one group may have: the kernel's table would be full of them. */
const MOST_MEMBERS = 65536;

type Member = { readonly address: string; readonly port: number } | FamilyMark;

function membersOf(
  { group: { text, at } }: Group,
  names: Names,
  report: Report,
): readonly Member[] | undefined {
  const group = names.groups.find(({ name }) => name === text);
  if (group === undefined) {
    const likely = nearest(
      text,
      names.groups.map(({ name }) => name),
    );
    report.warn(
      at,
      `there is no virtual_server_group ${text}; keepalived leaves this service out without a word`,
      likely === undefined ? `write a virtual_server_group ${text} { … }` : `did you mean ${likely}?`,
    );
    return undefined;
  }
  if (isMixed(group.members)) return undefined;
  const members: Member[] = [];
  for (const member of group.members) {
    if ('mark' in member) {
      members.push(member);
      continue;
    }
    for (const address of addressesIn(member.first, member.last)) {
      if (members.length === MOST_MEMBERS) {
        report.error(at, `virtual_server_group ${text} has more than ${MOST_MEMBERS} addresses`);
        return members;
      }
      members.push({ address, port: member.port });
    }
  }
  return members;
}

/** The family of a service's clients, where anything says it before its real servers do. */
function familyIn(
  where: Endpoint | Mark | Group,
  members: readonly Member[] | undefined,
  { value: { ip_family: named, persistence_granularity: granularity } }: ServiceValues,
): Family | undefined {
  if ('address' in where) return familyOf(where.address);
  const address = members?.find(member => 'address' in member);
  if (address !== undefined && 'address' in address) return familyOf(address.address);
  const marked = members?.find(
    (member): member is FamilyMark => 'mark' in member && member.family !== undefined,
  );
  if (marked?.family !== undefined) return marked.family;
  // keepalived takes the form of a granularity for a family, too.
  const mask = granularity === undefined ? undefined : granularity.includes('.') ? 'inet' : 'inet6';
  return named ?? mask;
}

/** Flags of the scheduler that is used, each by any of its names; keepalived takes those of another for its own. */
const schedulerFlagsOf = (value: ServiceValues['value']): readonly SchedulerFlag[] =>
  ([1, 2, 3] as const).filter(flag =>
    SCHEDULER_FLAG_NAMES.some(name => SCHEDULER_FLAGS[name] === flag && value[name] === true),
  );

const SCHEDULER_FLAG_NAMES = Object.keys(SCHEDULER_FLAGS) as (keyof typeof SCHEDULER_FLAGS)[];

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

/** The kernel has services for all ports only when they are persistent; keepalived makes them so. */
function persistenceOf(
  { value, at: places }: ServiceValues,
  allPorts: boolean,
  at: Place,
  report: Report,
): number | null {
  const { persistence_timeout: timeout, persistence_granularity: granularity } = value;
  if (timeout !== undefined) return timeout;
  // keepalived takes a granularity for a wish to be persistent.
  if (granularity !== undefined) return DEFAULT_PERSISTENCE;
  if (!allPorts) return null;
  report.warn(
    places.persistence_timeout ?? at,
    `a virtual server for all ports must be persistent; it is for ${DEFAULT_PERSISTENCE} s, as in keepalived`,
    'write a port or persistence_timeout',
  );
  return DEFAULT_PERSISTENCE;
}

/** A quorum that all servers together cannot reach is taken for all of them, hysteresis for less than that. */
function quorumOf(
  { value, at: places }: ServiceValues,
  at: Place,
  servers: readonly RealServer[],
  report: Report,
): { readonly quorum: number; readonly hysteresis: number } {
  const all = servers.reduce((sum, server) => sum + server.weight, 0);
  const { quorum: asked = 1, hysteresis = 0 } = value;
  if (all === 0) {
    report.warn(
      at,
      'all real servers weigh 0: none gets connections, and keepalived never counts the service as up',
      'write a weight above 0 for those that are to get some',
    );
    return { quorum: asked, hysteresis: Math.min(hysteresis, asked - 1) };
  }
  const quorum = Math.min(asked, all);
  if (quorum !== asked) {
    report.warn(
      places.quorum ?? at,
      `quorum ${asked} is more than all real servers weigh; it is ${quorum} then, as in keepalived`,
      'the quorum is a sum of weights, not a number of servers',
    );
  }
  if (hysteresis > 0 && hysteresis >= quorum) {
    report.warn(
      places.hysteresis ?? at,
      `hysteresis ${hysteresis} is not below quorum ${quorum}; keepalived takes ${quorum - 1}`,
    );
  }
  return { quorum, hysteresis: Math.min(hysteresis, quorum - 1) };
}

function sorryServerOf(
  { value, at: places }: ServiceValues,
  outerPort: number | undefined,
  servers: readonly RealServer[],
  report: Report,
): SorryServer | undefined {
  const {
    sorry_server: sorry,
    sorry_server_lvs_method: asked,
    sorry_server_inhibit: inhibit = false,
  } = value;
  if (sorry === undefined) return undefined;
  const { address, at } = sorry;
  const method = asked && methodOf(asked, places.sorry_server_lvs_method ?? at, report);
  const { kind } = method ?? value.lvs_method ?? { kind: 'NAT' };
  const port = kind === 'NAT' ? (sorry.port ?? outerPort ?? 0) : (outerPort ?? 0);
  if (sorry.port !== undefined && port !== sorry.port) {
    report.warn(at, `with ${kind} a sorry server has its virtual server's port, not ${sorry.port}`);
  }
  if (servers.some(server => server.address === address && server.port === port)) {
    report.warn(
      at,
      'the sorry server is a real server of the same service: everybody is sent there when the last check has failed, its own, too',
      'name a server that is up when the others are not',
    );
  }
  return { address, port, ...(method === undefined ? {} : { method }), inhibit };
}
