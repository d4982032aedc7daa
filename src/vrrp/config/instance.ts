import { reportNotYet, type Values } from '../../lib/keyword.js';
import type { Named } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import type { Announcements, VrrpInstance } from '../instance.js';
import type { VRRP_GLOBAL } from '../keywords/globals.js';
import type { INSTANCE_KEYWORDS } from '../keywords/instance.js';
import { completeAddresses } from './addresses.js';
import { completeSource, completeUnicast } from './path.js';

const PASSWORD_BYTES = 8;
const OWNER = 255;

/** A `vrrp_instance` as it stands in the file. */
export type InstanceDraft = Named<typeof INSTANCE_KEYWORDS>;

/** The same with everything filled in. */
export interface CompleteInstance {
  readonly draft: InstanceDraft;
  /** But for what it watches, which depends on what else is in the file. */
  readonly instance: Omit<VrrpInstance, 'tracks'>;
}

/** What was read of `global_defs` about VRRP. */
export type VrrpGlobals = Pick<Values<typeof VRRP_GLOBAL>, 'value' | 'at'>;

/** What `global_defs` sets for every instance. */
export interface VrrpDefaults {
  readonly announce: Announcements;
  readonly version: '2' | '3';
  /** `vrrp_check_unicast_src`: is nobody heard but the peers that are listed? */
  readonly onlyPeers: boolean;
}

/** keepalived's: five rounds at once, five more after five seconds, no refresh. With vrrp_min_garp only one. */
export function vrrpDefaults({ value }: VrrpGlobals): VrrpDefaults {
  const few = value.vrrp_min_garp === true;
  return {
    announce: {
      repeat: value.vrrp_garp_master_repeat ?? (few ? 1 : 5),
      delayMs: value.vrrp_garp_master_delay ?? (few ? 0 : 5000),
      refreshMs: value.vrrp_garp_master_refresh ?? 0,
      refreshRepeat: value.vrrp_garp_master_refresh_repeat ?? 1,
    },
    version: value.vrrp_version ?? '2',
    onlyPeers: value.vrrp_check_unicast_src === true,
  };
}

type InstanceValues = InstanceDraft['values'];

/**
 * Fills in what a `vrrp_instance` leaves out.
 * @returns the instance, fit to run unless an error was reported
 */
export function completeInstance(
  draft: InstanceDraft,
  defaults: VrrpDefaults,
  report: Report,
): Omit<VrrpInstance, 'tracks'> {
  const { at: here, values: read } = draft;
  const { value } = read;
  const version = value.version ?? defaults.version;
  const priority = readPriority(read, here, report);
  const preempt = readPreempt(read, priority, report);
  reportPreemptDelay(read, preempt, report);
  if (value.interface?.text === 'lo') {
    report.error(value.interface.at, 'adverts cannot be sent on lo; keepalived refuses to start');
  }
  return {
    name: draft.name,
    interface: value.interface?.text ?? '',
    version: 2,
    virtualRouterId: value.virtual_router_id ?? 0,
    priority,
    startAs: value.state ?? (priority === OWNER && read.at.state === undefined ? 'MASTER' : 'BACKUP'),
    preempt,
    advertIntervalMs: readInterval(read, version, report),
    authentication: readAuthentication(read, version, report),
    source: completeSource(value, report),
    unicast: completeUnicast(value, defaults, report),
    addresses: completeAddresses(draft, version, report),
    announce: {
      repeat: value.garp_master_repeat ?? defaults.announce.repeat,
      delayMs: value.garp_master_delay ?? defaults.announce.delayMs,
      refreshMs: value.garp_master_refresh ?? defaults.announce.refreshMs,
      refreshRepeat: value.garp_master_refresh_repeat ?? defaults.announce.refreshRepeat,
    },
  };
}

function readPriority({ value, at }: InstanceValues, here: Place, report: Report): number {
  if (value.priority === OWNER && value.state === 'BACKUP' && at.state !== undefined) {
    report.warn(
      at.state,
      'an owner (priority 255) with state BACKUP waits for three adverts before it takes its addresses, as in keepalived',
      'write state MASTER, or a priority below 255',
    );
  }
  if (value.priority !== undefined) return value.priority;
  // What is said of a priority that cannot be read is said already.
  if (value.state !== 'MASTER' || at.priority !== undefined) return 100;
  report.warn(
    here,
    'state MASTER without a priority makes this router the owner, with priority 255',
    'write priority 100',
  );
  return OWNER;
}

/** keepalived: state MASTER clears nopreempt, and an owner always takes over (vrrp.c, vrrp_complete_instance). */
function readPreempt({ value, at }: InstanceValues, priority: number, report: Report): boolean {
  if (value.nopreempt !== true || at.nopreempt === undefined) return true;
  const reason = whyAlways(value, priority);
  if (reason === undefined) return false;
  report.warn(
    at.nopreempt,
    `nopreempt has no effect ${reason}, as in keepalived`,
    'write state BACKUP on both routers, and a priority below 255',
  );
  return true;
}

function whyAlways({ state }: InstanceValues['value'], priority: number): string | undefined {
  if (priority === OWNER) return 'with priority 255';
  return state === 'MASTER' ? 'with state MASTER' : undefined;
}

/** keepalived clears it with state MASTER and with nopreempt. */
function reportPreemptDelay({ value, at }: InstanceValues, preempt: boolean, report: Report): void {
  if (value.preempt_delay === undefined || value.preempt_delay === 0 || at.preempt_delay === undefined) {
    return;
  }
  const reason = !preempt ? 'with nopreempt' : value.state === 'MASTER' ? 'with state MASTER' : undefined;
  if (reason === undefined) {
    reportNotYet(at.preempt_delay, 'preempt_delay', 'a router takes over after the usual time', report);
  } else {
    report.warn(
      at.preempt_delay,
      `preempt_delay has no effect ${reason}, as in keepalived`,
      preempt ? 'write state BACKUP' : 'leave one of the two out',
    );
  }
}

/** VRRPv2 counts whole seconds (RFC 3768 §5.3.7); keepalived takes the nearest, and 1 at least. */
function readInterval({ value, at }: InstanceValues, version: '2' | '3', report: Report): number {
  const interval = value.advert_int ?? 1000;
  const whole = Math.max(1000, Math.round(interval / 1000) * 1000);
  if (version === '2' && whole !== interval && at.advert_int !== undefined) {
    report.warn(
      at.advert_int,
      `VRRPv2 sends whole seconds: ${whole / 1000} s is used, as in keepalived`,
      `write advert_int ${whole / 1000}`,
    );
  }
  return whole;
}

function readAuthentication(
  { value, at: places }: InstanceValues,
  version: '2' | '3',
  report: Report,
): VrrpInstance['authentication'] {
  if (value.authentication === undefined || places.authentication === undefined) return null;
  const { auth_type: type, auth_pass: password } = value.authentication.value;
  const { at } = value.authentication;
  if (version === '3') {
    report.warn(
      places.authentication,
      'VRRPv3 has no authentication; this block is ignored, as in keepalived',
    );
    return null;
  }
  if (type === 'AH' && at.auth_type !== undefined) {
    reportNotYet(at.auth_type, 'auth_type AH', 'adverts would carry no digest', report);
  }
  if (type === undefined) {
    if (at.auth_type !== undefined) return null;
    report.warn(
      places.authentication,
      'without auth_type adverts carry no password, as in keepalived',
      'write auth_type PASS',
    );
    return null;
  }
  if (password === undefined || password === '') {
    if (password === '' || at.auth_pass === undefined) {
      report.warn(
        places.authentication,
        'without auth_pass adverts carry no password, as in keepalived',
        'write auth_pass with up to 8 bytes',
      );
    }
    return null;
  }
  if (at.auth_pass !== undefined && new TextEncoder().encode(password).length > PASSWORD_BYTES) {
    report.warn(
      at.auth_pass,
      `auth_pass is longer than ${PASSWORD_BYTES} bytes; only the first ${PASSWORD_BYTES} count`,
    );
  }
  return { type: 'PASS', password };
}
