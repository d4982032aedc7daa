import type { ScriptDefaults } from '../../lib/keyword-account.js';
import type { Values } from '../../lib/keyword.js';
import type { Named } from '../../lib/keyword-kinds.js';
import { nearest } from '../../lib/nearest.js';
import type { Place, Report } from '../../lib/problem.js';
import type { Notify, VrrpScript } from '../../scripts/script.js';
import type { SyncGroup, VrrpInstance } from '../instance.js';
import type { SCRIPT } from '../keywords/script.js';
import type { TRACK_FILE, TRACK_PROCESS } from '../keywords/track.js';
import type { VRRP_TOP } from '../keywords/vrrp.js';
import { reportShared } from './addresses.js';
import { completeGroups, isInstance } from './groups.js';
import {
  completeInstance,
  vrrpDefaults,
  type CompleteInstance,
  type InstanceDraft,
  type VrrpGlobals,
} from './instance.js';
import { completeNotify, completeScripts } from './scripts.js';
import { compareWithMachine, reportOwn, type LocalInterface } from './machine.js';
import {
  reportUnused,
  reportWatching,
  reportWeights,
  watching,
  type AllWatched,
  tracksOf,
  type Watched,
  type Watching,
} from './tracking.js';

/** What was read of the file's top level about VRRP. */
export type VrrpDrafts = Values<typeof VRRP_TOP>['value'];

/** What the rest of the file and the machine have to do with VRRP. */
export interface VrrpSurroundings {
  /** The names of BFD sessions; undefined where they are not known. */
  readonly bfd: readonly string[] | undefined;
  /** Those of the machine that the file is for; undefined where they are not known. */
  readonly interfaces: readonly LocalInterface[] | undefined;
  readonly scripts: ScriptDefaults;
}

/** Everything about VRRP that a file asks for. */
export interface VrrpModel {
  readonly instances: readonly VrrpInstance[];
  readonly groups: readonly SyncGroup[];
  /** Those that some instance watches. */
  readonly scripts: readonly VrrpScript[];
  readonly notify: readonly Notify[];
}

/**
 * Fills in what is left out and looks at what the parts of a file mean together.
 * @returns what is fit to run unless an error was reported
 */
export function completeVrrp(
  drafts: VrrpDrafts,
  globals: VrrpGlobals,
  around: VrrpSurroundings,
  report: Report,
): VrrpModel {
  const defaults = vrrpDefaults(globals);
  const all = (drafts.vrrp_instance ?? []).map((draft): CompleteInstance => ({
    draft,
    instance: completeInstance(draft, defaults, report),
  }));
  const names = all.map(({ instance }) => instance.name);
  const groups = completeGroups(drafts.vrrp_sync_group ?? [], names, report);
  reportTwins(all, report);
  reportShared(all, report);
  const watches = everythingWatched(drafts, all, around, report);
  for (const { draft } of all) reportUnicast(draft, report);
  for (const { name, values } of drafts.track_group ?? []) {
    for (const member of values.value.group ?? []) isInstance(member, names, name, report);
  }
  reportStatic(drafts, report);
  if (around.interfaces !== undefined) {
    const dynamic = globals.value.dynamic_interfaces !== undefined;
    compareWithMachine(all, around.interfaces, dynamic, report);
  }
  const scripts = completeScripts(
    drafts.vrrp_script ?? [],
    new Set(watches.all.flatMap(({ keyword, name }) => (keyword === 'track_script' ? name.text : []))),
    around.scripts,
    report,
  );
  const runnable = new Set(scripts.map(script => script.name));
  const instances = all.map(({ instance }, i) => {
    const groupOf = groups.find(group => group.members.includes(instance.name))?.name;
    const found = [...(watches.ofInstances[i] ?? []), ...(watches.ofGroups.get(groupOf ?? '') ?? [])];
    return { ...instance, tracks: tracksOf(found, runnable) };
  });
  const notify = completeNotify(
    all.map(({ draft }) => draft),
    around.scripts,
  );
  return { instances, groups, scripts, notify };
}

/**
 * Two instances cannot have one VRID on one interface: their adverts would be each other's. keepalived does not
 * start. Where adverts go to different routers or groups it does.
 */
function reportTwins(all: readonly CompleteInstance[], report: Report): void {
  const seen = new Map<string, Place>();
  for (const { draft, instance } of all) {
    const {
      interface: device,
      virtual_router_id: vrid,
      mcast_dst_ip,
      unicast_peer = [],
      virtual_ipaddress,
    } = draft.values.value;
    if (device === undefined || vrid === undefined) continue;
    const family = virtual_ipaddress?.lines[0]?.prefix.family ?? 'ipv4';
    const to = unicast_peer.length > 0 ? unicast_peer.map(p => p.address.text).sort() : [mcast_dst_ip?.text];
    const key = [device.text, vrid, family, ...to].join(' ');
    const first = seen.get(key);
    if (first === undefined) seen.set(key, draft.at);
    else {
      report.error(
        draft.values.at.virtual_router_id ?? draft.at,
        `virtual_router_id ${vrid} is there a second time on ${instance.interface}; keepalived does not start`,
        `the first instance with it is in line ${first.line}`,
      );
    }
  }
}

/** What instances and groups watch, by the order of the instances and the names of the groups. */
interface Watches {
  readonly ofInstances: readonly (readonly Watching[])[];
  readonly ofGroups: ReadonlyMap<string, readonly Watching[]>;
  readonly all: readonly Watching[];
}

function everythingWatched(
  drafts: VrrpDrafts,
  all: readonly CompleteInstance[],
  around: VrrpSurroundings,
  report: Report,
): Watches {
  const nothing = { at: NOWHERE, weight: { value: 0, reverse: false } };
  const defined: AllWatched = {
    track_interface: undefined,
    track_script: watched(drafts.vrrp_script, 'script', 0, report),
    track_file: watched(drafts.track_file, 'file', 1, report),
    track_process: watched(drafts.vrrp_track_process, 'process', 0, report),
    track_bfd: around.bfd && new Map(around.bfd.map(name => [name, nothing])),
  };
  const ofInstances = all.map(complete => {
    const { draft, instance } = complete;
    const found = watching(draft.values.value, instance.interface, defined, report);
    reportWeights(complete, found, report);
    return found;
  });
  const ofGroups = new Map(
    (drafts.vrrp_sync_group ?? []).map(draft => [
      draft.name,
      watching(draft.values.value, undefined, defined, report),
    ]),
  );
  for (const { values } of drafts.vrrp_track_process ?? []) reportQuorum(values, report);
  const everything = [...ofInstances, ...ofGroups.values()].flat();
  reportWatching(everything, report);
  reportUnused(defined, everything, report);
  return { ofInstances, ofGroups, all: everything };
}

type WatchedDraft = Named<typeof SCRIPT> | Named<typeof TRACK_FILE> | Named<typeof TRACK_PROCESS>;

/** What can be watched of one kind. As in keepalived, one that lacks its main keyword does not count. */
function watched(
  drafts: readonly WatchedDraft[] | undefined,
  main: string,
  weight: number,
  report: Report,
): ReadonlyMap<string, Watched> {
  return new Map(
    (drafts ?? []).flatMap(({ name, at, values }): [string, Watched][] => {
      if (values.at[main as keyof typeof values.at] === undefined) {
        report.warn(at, `${name} has no ${main}; as in keepalived, it does not count`, `write ${main}`);
        return [];
      }
      return [[name, { at, weight: values.value.weight ?? { value: weight, reverse: false } }]];
    }),
  );
}

/** keepalived drops a quorum_max that no number of processes can meet. */
function reportQuorum({ value, at }: Values<typeof TRACK_PROCESS>, report: Report): void {
  const { quorum = 1, quorum_max: most } = value;
  if (most === undefined || most === 0 || most >= quorum || at.quorum_max === undefined) return;
  report.warn(
    at.quorum_max,
    `quorum_max ${most} is less than quorum ${quorum}; as in keepalived, it does not count`,
    'write a greater one, or leave it out',
  );
}

const NOWHERE: Place = { file: '', line: 0, column: 1, length: 1 };

/** Groups that static things name. keepalived has to have read them before. */
function reportStatic(drafts: VrrpDrafts, report: Report): void {
  const groups = new Map((drafts.track_group ?? []).map(({ name, at }) => [name, at]));
  const named = [
    ...(drafts.static_ipaddress?.lines ?? []).map(line => line.options.value.track_group),
    ...(drafts.static_routes ?? []).map(line => line.options.value.track_group),
    ...(drafts.static_rules ?? []).map(line => line.value.track_group),
  ];
  for (const word of named) {
    if (word === undefined || groups.has(word.text)) continue;
    const likely = nearest(word.text, groups.keys());
    report.warn(
      word.at,
      `there is no track_group ${word.text}; as in keepalived, nobody fails with it`,
      likely === undefined ? undefined : `did you mean ${likely}?`,
    );
  }
}

/** What is odd in unicast, whatever the machine. */
function reportUnicast({ values: { value, at } }: InstanceDraft, report: Report): void {
  const peers = value.unicast_peer ?? [];
  if (peers.length === 0 && (at.unicast_peer !== undefined || at.unicast_src_ip !== undefined)) {
    const place = at.unicast_peer ?? at.unicast_src_ip;
    if (place !== undefined) {
      report.warn(
        place,
        'there is no peer that adverts can be sent to; keepalived sends them to its multicast group then',
        'write the addresses of the other routers into unicast_peer',
      );
    }
  }
  for (const { address, options } of peers) {
    if (address.text === value.unicast_src_ip?.text) reportOwn(address, report);
    const { min_ttl: least = 0, max_ttl: most = 255 } = options.value;
    if (least > most) {
      report.warn(
        address.at,
        `no TTL is ${least} or more and ${most} or less; keepalived hears nothing of this peer`,
      );
    }
  }
}
