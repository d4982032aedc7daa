import { reportNotYet, type Word } from '../../lib/keyword.js';
import type { Named } from '../../lib/keyword-kinds.js';
import { nearest } from '../../lib/nearest.js';
import type { Report } from '../../lib/problem.js';
import type { SyncGroup } from '../instance.js';
import type { SYNC_GROUP } from '../keywords/group.js';

/** A `vrrp_sync_group` as it stands in the file. */
export type GroupDraft = Named<typeof SYNC_GROUP>;

/**
 * Checks who belongs to which group. As in keepalived, a member that is no instance or is in an earlier group does
 * not count, and a group of one changes nothing.
 * @param instances the names of all instances
 * @returns the groups, without members that do not count
 */
export function completeGroups(
  drafts: readonly GroupDraft[],
  instances: readonly string[],
  report: Report,
): readonly SyncGroup[] {
  const groupOf = new Map<string, string>();
  return drafts.flatMap(({ name, at, values: { value } }): SyncGroup[] => {
    const members = (value.group ?? []).filter(member => {
      if (!isInstance(member, instances, name, report)) return false;
      const other = groupOf.get(member.text);
      if (other === undefined) groupOf.set(member.text, name);
      else {
        report.warn(
          member.at,
          `${member.text} is in the group ${other} already; as in keepalived, it does not count in ${name}`,
          'take it out of one of the two',
        );
      }
      return other === undefined;
    });
    switch (members.length) {
      case 0:
        report.warn(
          at,
          `the group ${name} has no instance; as in keepalived, it changes nothing`,
          'take it out',
        );
        return [];
      case 1:
        report.warn(
          at,
          `the group ${name} has one instance only; it keeps nothing together`,
          'write the other instances into it, or take it out',
        );
        break;
      default:
        reportNotYet(at, 'vrrp_sync_group', 'each instance would have a role of its own', report);
    }
    return [{ name, members: members.map(member => member.text) }];
  });
}

/** Says it where a name in a group is no instance. */
export function isInstance(
  { text, at }: Word,
  instances: readonly string[],
  group: string,
  report: Report,
): boolean {
  if (instances.includes(text)) return true;
  const likely = nearest(text, instances);
  report.warn(
    at,
    `there is no vrrp_instance ${text}; as in keepalived, it does not count in ${group}`,
    likely === undefined ? undefined : `did you mean ${likely}?`,
  );
  return false;
}
