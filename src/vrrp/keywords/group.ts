import { readBlock, type Keywords, type Values } from '../../lib/keyword.js';
import { bare, block, harmless, named, notSupported, notYet, secondsFrom } from '../../lib/keyword-kinds.js';
import { partsOf } from '../../lib/keyword-rows.js';
import { decidedByTheRest, device, names } from './kinds.js';
import { NOTIFY_GROUP } from './notify.js';
import { TRACKING } from './track.js';

/** The greatest delay that keepalived takes here, seconds. */
const LONGEST_GAP = 2147.483647;

const instances = names('a block of names of instances', { means: 'the instances that belong to it' });

/** The keywords of vrrp_sync_group. */
export const SYNC_GROUP = {
  group: instances,
  ...TRACKING,
  ...NOTIFY_GROUP,
  global_tracking: {
    ...notYet(
      bare({ means: 'what one member watches counts for all' }),
      'what an instance watches counts for that instance',
    ),
    warning: 'this is an old way; write what is watched into the group',
  },
  sync_group_tracking_weight: harmless(
    bare({ means: 'members keep the weights of what they watch' }),
    'instances keep them anyway',
  ),
} satisfies Keywords;

/** The keywords of garp_group. */
export const GARP_GROUP = partsOf({
  garp_interval: secondsFrom(0, LONGEST_GAP, {
    means: 'seconds between two gratuitous ARPs',
    default: '0',
    otherwise: '0',
  }),
  gna_interval: secondsFrom(0, LONGEST_GAP, {
    means: 'as garp_interval, for IPv6',
    default: '0',
    otherwise: '0',
  }),
  interface: device({ means: 'the interface that this is for' }),
  interfaces: names('a block of names of interfaces', { means: 'interfaces that share this' }),
} satisfies Keywords);

/** The keywords of track_group. */
const TRACK_GROUP = partsOf({ group: instances } satisfies Keywords);

/** The keywords of the file's top level. */
export const GROUPS = {
  vrrp_sync_group: notYet(
    named(SYNC_GROUP, { means: 'instances that are all master or all backup' }),
    'each instance would have a role of its own',
    decidedByTheRest,
  ),
  garp_group: notSupported(
    block<readonly Values<typeof GARP_GROUP>[]>(
      'a block',
      { means: 'how fast interfaces take gratuitous ARPs', within: GARP_GROUP },
      (statement, body, report, before = []) => [
        ...before,
        readBlock(GARP_GROUP, body, 'garp_group', statement.keyword.at, report),
      ],
    ),
    'the gratuitous ARPs of a block go out at once',
  ),
  track_group: harmless(
    named(TRACK_GROUP, { means: 'instances that fail when something static is taken away' }),
    'static addresses, routes and rules are refused',
  ),
} satisfies Keywords;
