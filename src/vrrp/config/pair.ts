import { compare, MISSING, presence, together, type Difference, type Fields } from '../../lib/pair.js';
import type { SyncGroup, VrrpInstance } from '../instance.js';

const BOTH_MASTER = 'so that each of them is master and answers for the addresses';
const ON_ALL = 'on all routers';

/** What differs without harm, and what the other differences come to. */
const FIELDS: Fields = {
  interface: 'different',
  startAs: 'different',
  source: 'different',
  // Its own rule: it is to differ.
  priority: 'different',
  name: {
    keyword: 'name',
    means: 'nothing on the wire has a name; logs, mails and scripts call one virtual router by two',
    write: `give the instance the same name ${ON_ALL}`,
  },
  version: {
    severity: 'error',
    means: `keepalived and holdfast drop adverts of the other version, ${BOTH_MASTER}`,
    write: `write the same version ${ON_ALL}`,
  },
  virtualRouterId: {
    severity: 'error',
    means: `adverts of another virtual router are not listened to, in keepalived and here, ${BOTH_MASTER}`,
    write: `write the same virtual_router_id ${ON_ALL}`,
  },
  advertIntervalMs: {
    keyword: 'advert_int',
    severity: 'error',
    means: `keepalived and holdfast drop adverts of another interval, ${BOTH_MASTER}`,
    write: `write the same advert_int ${ON_ALL}`,
  },
  authentication: {
    keyword: 'auth_type',
    severity: 'error',
    show: value => (value as VrrpInstance['authentication'])?.type ?? 'none',
    means: `keepalived and holdfast drop adverts with another authentication, ${BOTH_MASTER}`,
    write: `write the same authentication block ${ON_ALL}`,
  },
  'authentication.password': {
    keyword: 'auth_pass',
    severity: 'error',
    means: `keepalived and holdfast drop adverts with another password, ${BOTH_MASTER}`,
    write: `write the same auth_pass ${ON_ALL}`,
  },
  unicast: {
    keyword: 'unicast_peer',
    severity: 'error',
    show: value => (value === null ? 'multicast' : 'unicast'),
    means: `keepalived and holdfast drop multicast adverts where they expect unicast, and the reverse, ${BOTH_MASTER}`,
    write: `write unicast_peer ${ON_ALL} or on none`,
  },
  // Each names the others.
  'unicast.peers': 'different',
  'unicast.ttl': {
    keyword: 'unicast_ttl',
    means: 'adverts of one router come further than those of the other',
  },
  'unicast.onlyPeers': {
    keyword: 'check_unicast_src',
    show: value => (value === true ? 'on' : 'off'),
    means: 'only the router that has it drops adverts of routers that are no peers of it',
  },
  preempt: {
    keyword: 'nopreempt',
    show: value => (value === true ? 'off' : 'on'),
    means:
      'only a router without it takes over from a living master of lower priority, so it depends on who failed where the addresses stay',
    write: `write nopreempt ${ON_ALL} or on none, unless the difference is meant`,
  },
  'addresses.*': {
    keyword: 'virtual_ipaddress',
    severity: 'error',
    show: value => (value === undefined ? MISSING : 'there'),
    means: `keepalived up to 2.3.2 drops adverts with another list of addresses, ${BOTH_MASTER}; newer ones and holdfast count them and go on, and the address is there only while a router that has it is master`,
    write: `write the same addresses ${ON_ALL}, in any order`,
  },
  'addresses.*.interface': 'different',
  'addresses.*.prefixLength': {
    keyword: 'virtual_ipaddress',
    show: value => `/${String(value)}`,
    means: 'nothing on the wire says the length; the address has another netmask when it has moved',
    write: `write the address with the same length ${ON_ALL}`,
  },
  'announce.repeat': announcement('garp_master_repeat'),
  'announce.delayMs': announcement('garp_master_delay'),
  'announce.refreshMs': announcement('garp_master_refresh'),
  'announce.refreshRepeat': announcement('garp_master_refresh_repeat'),
};

function announcement(keyword: string) {
  return {
    keyword,
    means: 'no advert says it; whichever router is master announces the addresses in its own way',
  };
}

/** VRRPv3: a backup goes by the interval of the master's adverts (RFC 9568 §6.1). */
const INTERVAL_OF_VERSION_3: Fields = {
  advertIntervalMs: {
    keyword: 'advert_int',
    means:
      'in VRRPv3 a backup waits as the adverts of its master say, in keepalived and here, so a failure is noticed sooner under one master than under the other',
    write: `write the same advert_int ${ON_ALL}, unless the difference is meant`,
  },
};

const familyOf = (instance: VrrpInstance): string =>
  instance.addresses[0]?.address.includes(':') === true ? 'ipv6' : 'ipv4';
const routerOf = (instance: VrrpInstance): string => `${familyOf(instance)} ${instance.virtualRouterId}`;

/** What a file says of VRRP. */
export interface Routers {
  readonly instances: readonly VrrpInstance[];
  readonly syncGroups: readonly SyncGroup[];
}

/**
 * Compares the instances of the routers of one pair, and who is kept together with whom. Those with one VRID and
 * family belong together, then those with one name.
 * @param routers the instances and groups of each
 */
export function compareInstances(routers: readonly Routers[]): readonly Difference[] {
  const all = together(
    routers.map(router => router.instances),
    [i => `${routerOf(i)} ${i.name}`, i => `${routerOf(i)} ${i.interface}`, routerOf, i => i.name],
  );
  /** The names that an instance has on the routers, by each of them: one of them will do. */
  const names = routers.map(
    (_, router) => new Map(all.map(one => [one[router]?.name, one.find(i => i !== undefined)?.name ?? ''])),
  );
  return all.flatMap(one => [...compareOne(one), ...compareGroups(one, routers, names)]);
}

/** With whom is an instance in one group? */
function compareGroups(
  instances: readonly (VrrpInstance | undefined)[],
  routers: readonly Routers[],
  names: readonly ReadonlyMap<string | undefined, string>[],
): readonly Difference[] {
  const partners = instances.map((instance, i) => {
    const group = routers[i]?.syncGroups.find(({ members }) => members.includes(instance?.name ?? ''));
    return (group?.members ?? [])
      .filter(member => member !== instance?.name)
      .map(member => names[i]?.get(member) ?? member)
      .sort()
      .join(', ');
  });
  if (new Set(partners.filter((_, i) => instances[i] !== undefined)).size < 2) return [];
  return [
    {
      severity: 'error',
      where: whereOf(instances),
      what: 'vrrp_sync_group',
      keyword: 'vrrp_sync_group',
      values: partners.map((names, i) => {
        if (instances[i] === undefined) return MISSING;
        return names === '' ? 'alone' : `with ${names}`;
      }),
      means:
        'a group takes over only when all its members can, so when the other router gives up one of them alone, nobody has its addresses',
      write: `write the same members into vrrp_sync_group ${ON_ALL}`,
    },
  ];
}

const whereOf = (instances: readonly (VrrpInstance | undefined)[]): string =>
  `vrrp_instance ${instances.find(instance => instance !== undefined)?.name ?? ''}`;

function compareOne(routers: readonly (VrrpInstance | undefined)[]): readonly Difference[] {
  const present = routers.filter(instance => instance !== undefined);
  const where = whereOf(routers);
  const learns = present.every(instance => (instance.version as number) === 3);
  return [
    ...(present.length < routers.length ? [alone(where, routers)] : []),
    ...comparePriorities(where, routers),
    ...compare(where, '', routers.map(onTheWire), learns ? { ...FIELDS, ...INTERVAL_OF_VERSION_3 } : FIELDS),
  ];
}

function alone(where: string, routers: readonly (VrrpInstance | undefined)[]): Difference {
  const count = routers.filter(instance => instance !== undefined).length;
  return {
    severity: count === 1 ? 'error' : 'warning',
    where,
    what: 'vrrp_instance',
    keyword: 'vrrp_instance',
    values: presence(routers),
    means: 'a router without the instance does not take its addresses when the master is lost',
    write: `write the vrrp_instance ${ON_ALL}`,
  };
}

/** They are to differ. */
function comparePriorities(
  where: string,
  routers: readonly (VrrpInstance | undefined)[],
): readonly Difference[] {
  const present = routers.filter(instance => instance !== undefined);
  const priorities = present.map(instance => instance.priority);
  if (new Set(priorities).size === priorities.length) return [];
  const owners = present.filter(i => i.priority === 255 && i.startAs === 'MASTER' && i.preempt);
  const row = {
    where,
    what: 'priority',
    keyword: 'priority',
    values: routers.map(instance => (instance === undefined ? MISSING : String(instance.priority))),
  };
  if (owners.length > 1) {
    return [
      {
        ...row,
        severity: 'error',
        means:
          'each owner of the addresses is master as soon as it starts, in keepalived and here, and answers for them until an advert of the other arrives; then the higher address wins',
        write: 'write a priority below 255 on all routers but the one that has the addresses as its own',
      },
    ];
  }
  return [
    {
      ...row,
      severity: 'warning',
      means:
        'the router that speaks first stays master, in keepalived and here, and where two speak the higher address wins',
      write: 'write the highest priority on the router that is to be master',
    },
  ];
}

/** A password as its eight bytes on the wire, which is all that counts of it. */
function onTheWire(instance: VrrpInstance | undefined): object | undefined {
  const authentication = instance?.authentication ?? null;
  if (authentication === null) return instance;
  const bytes = [...new TextEncoder().encode(authentication.password).subarray(0, 8)];
  return { ...instance, authentication: { ...authentication, password: bytes.join(' ') } };
}
