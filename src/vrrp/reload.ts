import type { ShownRole } from '../ipc/document.js';
import { isDeepEqual } from '../lib/equal.js';
import { inSeconds, millis } from '../lib/units.js';
import { leavingTime, masterDownTime } from './core/timers.js';
import type { UnicastPeer, VirtualAddress, VrrpInstance } from './instance.js';

/** An instance before and after a reload. */
export type Change =
  /** `changed`: in place, without an outage. */
  | { readonly fate: 'kept' | 'changed'; readonly before: VrrpInstance; readonly after: VrrpInstance }
  /** Another virtual router under the same name: handed over, then begun anew. */
  | { readonly fate: 'restarted'; readonly before: VrrpInstance; readonly after: VrrpInstance }
  | { readonly fate: 'added'; readonly before?: undefined; readonly after: VrrpInstance }
  | { readonly fate: 'removed'; readonly before: VrrpInstance; readonly after?: undefined };

/**
 * Finds out what becomes of each instance. As in keepalived (vrrp.c, vrrp_exist) a virtual router is known by its
 * interface and its VRID, and by the source of its unicast, where it has peers, not by its name: a new name, other addresses, priority or times change it in place.
 * @returns the new file's instances in its order, then those that it no longer has
 */
export function compareInstances(
  before: readonly VrrpInstance[],
  after: readonly VrrpInstance[],
): readonly Change[] {
  const old = new Set(before);
  // Several have one identity where they speak to different peers.
  const byIdentity = new Map<string, VrrpInstance[]>();
  for (const instance of before) {
    const alike = byIdentity.get(identity(instance));
    if (alike === undefined) byIdentity.set(identity(instance), [instance]);
    else alike.push(instance);
  }
  const changes = after.map((instance): Change | undefined => {
    const alike = (byIdentity.get(identity(instance)) ?? []).filter(other => old.has(other));
    const same = alike.find(({ name }) => name === instance.name) ?? alike[0];
    if (same === undefined) return undefined;
    old.delete(same);
    return { fate: isDeepEqual(same, instance) ? 'kept' : 'changed', before: same, after: instance };
  });
  const left = new Map([...old].map(instance => [instance.name, instance]));
  const all = changes.map((change, i): Change => {
    const instance = after[i];
    if (change !== undefined || instance === undefined) return change as Change;
    const namesake = left.get(instance.name);
    left.delete(instance.name);
    return namesake === undefined
      ? { fate: 'added', after: instance }
      : { fate: 'restarted', before: namesake, after: instance };
  });
  return [...all, ...[...left.values()].map((gone): Change => ({ fate: 'removed', before: gone }))];
}

const identity = ({ interface: device, virtualRouterId, unicast, source }: VrrpInstance): string =>
  [device, virtualRouterId, ...(unicast === null ? [] : ['unicast', source ?? 'own'])].join(' ');

/** What a reload does to an instance, in words for operators. Never a secret. */
export interface InstancePlan {
  /** As the new file calls it, or the old one when it is removed. */
  readonly name: string;
  readonly fate: Change['fate'];
  /** What it is now; null where no agent runs. */
  readonly role: ShownRole | null;
  /** What is different, such as `priority 150 -> 100`. */
  readonly changes: readonly string[];
  /** What clients may notice, and when; null for nothing. */
  readonly outage: string | null;
  /** As ADDRESS/LENGTH on INTERFACE. */
  readonly addressesAdded: readonly string[];
  readonly addressesRemoved: readonly string[];
}

/** @param roles by the names of the instances as they are now; empty where no agent runs */
export function planInstances(
  changes: readonly Change[],
  roles: ReadonlyMap<string, ShownRole>,
): readonly InstancePlan[] {
  return changes.map(change => {
    const { fate, before, after } = change;
    const role = before === undefined ? null : (roles.get(before.name) ?? null);
    const was = (before?.addresses ?? []).map(showAddress);
    const will = (after?.addresses ?? []).map(showAddress);
    return {
      name: (after ?? change.before).name,
      fate,
      role,
      changes: before === undefined || after === undefined ? [] : differences(before, after),
      outage: outageOf(change, role),
      addressesAdded: will.filter(address => !was.includes(address)),
      addressesRemoved: was.filter(address => !will.includes(address)),
    };
  });
}

export const showAddress = (a: VirtualAddress): string => `${a.address}/${a.prefixLength} on ${a.interface}`;

function differences(before: VrrpInstance, after: VrrpInstance): readonly string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof VrrpInstance)[];
  return fields
    .filter(field => field !== 'addresses' && !isDeepEqual(before[field], after[field]))
    .flatMap(field => SHOWN[field]?.(before, after) ?? `${field} is another`);
}

const pair = (word: string, value: (i: VrrpInstance) => string | number) => {
  return (before: VrrpInstance, after: VrrpInstance): string[] =>
    value(before) === value(after) ? [] : [`${word} ${value(before)} -> ${value(after)}`];
};

const counts = (before: VrrpInstance, after: VrrpInstance): string[] =>
  [
    pair('garp_master_repeat', i => i.announce.repeat),
    pair('garp_master_delay', i => inSeconds(millis(i.announce.delayMs))),
    pair('garp_master_refresh', i => inSeconds(millis(i.announce.refreshMs))),
    pair('garp_master_refresh_repeat', i => i.announce.refreshRepeat),
  ].flatMap(show => show(before, after));

/** The file's words for the fields. A field without one is still said to be another. */
const SHOWN: {
  readonly [F in keyof VrrpInstance]?: (before: VrrpInstance, after: VrrpInstance) => string[];
} = {
  name: pair('name', i => i.name),
  interface: pair('interface', i => i.interface),
  version: pair('version', i => i.version),
  virtualRouterId: pair('virtual_router_id', i => i.virtualRouterId),
  priority: pair('priority', i => i.priority),
  startAs: pair('state', i => i.startAs),
  preempt: pair('preempt', i => (i.preempt ? 'on' : 'off')),
  advertIntervalMs: pair('advert_int', i => inSeconds(millis(i.advertIntervalMs))),
  authentication: () => ['authentication is another'],
  announce: counts,
  source: pair('source of adverts', i => i.source ?? 'the interface'),
  unicast: (before, after) => [
    ...pair('unicast_peer', i => i.unicast?.peers.map(showPeer).join(', ') ?? 'none')(before, after),
    ...pair('unicast_ttl', i => i.unicast?.ttl ?? 255)(before, after),
    ...pair('check_unicast_src', i => (i.unicast?.onlyPeers === true ? 'on' : 'off'))(before, after),
  ],
};

const showPeer = ({ address, leastTtl, mostTtl }: UnicastPeer): string =>
  leastTtl === 0 && mostTtl === 255 ? address : `${address} (TTL ${leastTtl} to ${mostTtl})`;

/** What peers make of adverts that they do not expect: until they are told the same, both routers are master. */
const UNTIL_PEERS = 'until the peers say the same, each drops the adverts of the other, and both are master';

const TO_FORMER_PEERS =
  'none between routers that are peers still; one that is a peer no more hears nothing, and is master, too';

function outageOf({ fate, before, after }: Change, role: ShownRole | null): string | null {
  switch (fate) {
    case 'kept':
    case 'added':
      return null;
    case 'removed':
    case 'restarted': {
      if (role !== 'MASTER') return null;
      const alone = fate === 'removed' ? 'they are gone' : `they are off for ${seconds(after)} s`;
      return `a backup takes the addresses over without loss; where there is none, ${alone}`;
    }
    case 'changed':
      if (before.advertIntervalMs !== after.advertIntervalMs) return UNTIL_PEERS;
      if (!isDeepEqual(before.authentication, after.authentication)) return UNTIL_PEERS;
      if (!isDeepEqual(before.unicast?.peers, after.unicast?.peers)) return TO_FORMER_PEERS;
      if (isDeepEqual(before.addresses, after.addresses)) return null;
      return 'none with peers that run holdfast or keepalived 2.3.3; older ones drop adverts whose addresses are not theirs, and are master, too, until they are reloaded';
  }
}

/** From the end of the old virtual router to the new one's first advert, when nobody else speaks. */
const seconds = (instance: VrrpInstance): string =>
  inSeconds(
    millis(leavingTime() + masterDownTime(millis(instance.advertIntervalMs), instance.priority)),
  ).toFixed(1);
