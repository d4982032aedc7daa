import type { Values } from '../../lib/keyword.js';
import type { Named } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import type { Announcements, VirtualAddress, VrrpInstance } from '../instance.js';
import { INSTANCE_KEYWORDS, type VRRP_GLOBAL } from '../keywords/vrrp.js';

const PASSWORD_BYTES = 8;
const MOST_ADDRESSES = 255;

/** What `global_defs` sets for every instance. */
export interface VrrpDefaults {
  readonly announce: Announcements;
}

/** keepalived's defaults: five rounds at once, five more after five seconds, no refresh. */
export const VRRP_DEFAULTS: VrrpDefaults = {
  announce: { repeat: 5, delayMs: 5000, refreshMs: 0, refreshRepeat: 1 },
};

/** @returns the defaults of the file for all instances */
export function vrrpDefaults(
  { value, at }: Pick<Values<typeof VRRP_GLOBAL>, 'value' | 'at'>,
  report: Report,
): VrrpDefaults {
  if (value.vrrp_version === '3' && at.vrrp_version !== undefined) {
    report.error(at.vrrp_version, 'VRRPv3 is not supported yet', 'write vrrp_version 2');
  }
  return { announce: announcements(value, 'vrrp_', VRRP_DEFAULTS.announce) };
}

function announcements(
  value: Readonly<Record<string, unknown>>,
  prefix: string,
  defaults: Announcements,
): Announcements {
  const number = (name: string, otherwise: number): number => {
    const found = value[`${prefix}garp_master_${name}`];
    return typeof found === 'number' ? found : otherwise;
  };
  return {
    repeat: number('repeat', defaults.repeat),
    delayMs: number('delay', defaults.delayMs),
    refreshMs: number('refresh', defaults.refreshMs),
    refreshRepeat: number('refresh_repeat', defaults.refreshRepeat),
  };
}

type InstanceValues = Values<typeof INSTANCE_KEYWORDS>;

/**
 * Fills in what a `vrrp_instance` leaves out.
 * @returns the instance, fit to run unless an error was reported
 */
export function completeInstance(
  draft: Named<typeof INSTANCE_KEYWORDS>,
  defaults: VrrpDefaults,
  report: Report,
): VrrpInstance {
  const { at: here, values: read } = draft;
  const { value } = read;
  if (value.version === '3' && read.at.version !== undefined) {
    report.error(read.at.version, 'VRRPv3 is not supported yet', 'write version 2');
  }
  const startAs = value.state ?? (value.priority === 255 ? 'MASTER' : 'BACKUP');
  const priority = readPriority(read, here, report);
  return {
    name: draft.name,
    interface: value.interface ?? '',
    version: 2,
    virtualRouterId: value.virtual_router_id ?? 0,
    priority,
    startAs,
    preempt: readPreempt(read, priority, report),
    advertIntervalMs: readInterval(read, report),
    authentication: readAuthentication(read, report),
    addresses: readAddresses(read, here, report),
    announce: announcements(value, '', defaults.announce),
  };
}

function readPriority({ value }: InstanceValues, at: Place, report: Report): number {
  if (value.priority !== undefined) return value.priority;
  if (value.state !== 'MASTER') return 100;
  report.warn(
    at,
    'state MASTER without a priority makes this router the owner, with priority 255',
    'write priority 100',
  );
  return 255;
}

/** keepalived: state MASTER clears nopreempt, and an owner always takes over (vrrp.c, vrrp_complete_instance). */
function readPreempt({ value, at }: InstanceValues, priority: number, report: Report): boolean {
  if (value.nopreempt !== true || value.preempt === true) return true;
  const place = at.nopreempt;
  if (place !== undefined && (value.state === 'MASTER' || priority === 255)) {
    const reason = priority === 255 ? 'with priority 255' : 'with state MASTER';
    report.warn(
      place,
      `nopreempt has no effect ${reason}`,
      'write state BACKUP on both routers, and a priority below 255',
    );
    return true;
  }
  return false;
}

/** VRRPv2 counts whole seconds (RFC 3768 §5.3.7); keepalived 2.3 and newer round a fraction up. */
function readInterval({ value, at }: InstanceValues, report: Report): number {
  const interval = value.advert_int ?? 1000;
  const whole = Math.max(1000, Math.ceil(interval / 1000) * 1000);
  if (whole !== interval && at.advert_int !== undefined) {
    report.warn(
      at.advert_int,
      `VRRPv2 sends whole seconds: ${whole / 1000} s is used`,
      `write advert_int ${whole / 1000}`,
    );
  }
  return whole;
}

function readAuthentication({ value }: InstanceValues, report: Report): VrrpInstance['authentication'] {
  if (value.authentication === undefined) return null;
  const { auth_type, auth_pass } = value.authentication.value;
  const { at } = value.authentication;
  if (auth_type === 'AH' && at.auth_type !== undefined) {
    report.error(at.auth_type, 'auth_type AH is not supported yet', 'write auth_type PASS on all routers');
  }
  if (auth_pass === undefined) return null;
  if (at.auth_pass !== undefined && new TextEncoder().encode(auth_pass).length > PASSWORD_BYTES) {
    report.warn(
      at.auth_pass,
      `auth_pass is longer than ${PASSWORD_BYTES} bytes; only the first ${PASSWORD_BYTES} count`,
    );
  }
  return { type: 'PASS', password: auth_pass };
}

function readAddresses(
  { value, at }: InstanceValues,
  here: Place,
  report: Report,
): readonly VirtualAddress[] {
  const addresses = (value.virtual_ipaddress ?? []).map(a => ({
    ...a,
    interface: a.interface ?? value.interface ?? '',
  }));
  if (addresses.length === 0) {
    report.error(
      at.virtual_ipaddress ?? here,
      'there is no address to move',
      'write virtual_ipaddress { 10.0.0.13/24 }',
    );
  }
  if (addresses.length > MOST_ADDRESSES) {
    report.error(
      at.virtual_ipaddress ?? here,
      `an advert has room for ${MOST_ADDRESSES} addresses, not ${addresses.length}`,
    );
  }
  return addresses;
}
