import { parsePrefix } from '../../lib/address.js';
import { readBlock, type Keyword, type Keywords, type Statement } from '../../lib/keyword.js';
import {
  arg,
  harmless,
  named,
  notSupported,
  block,
  choice,
  flag,
  ignored,
  integer,
  one,
  refused,
  secondsFrom,
  secret,
  word,
} from '../../lib/keyword-kinds.js';
import type { Report } from '../../lib/problem.js';
import type { VirtualAddress } from '../instance.js';

/** The longest time that keepalived's parser takes for announcements, seconds. */
const LONGEST_DELAY = 4294;

const notYet = (means: string): Keyword<true> => refused('what keepalived gives it', means);

const announceKeywords = (prefix: '' | 'vrrp_') =>
  ({
    [`${prefix}garp_master_delay`]: secondsFrom(0, LONGEST_DELAY, {
      means: 'seconds until the second block of gratuitous ARP, 0 for none; default 5',
    }),
    [`${prefix}garp_master_repeat`]: integer(1, 1000, {
      means: 'gratuitous ARPs for each address in a block; default 5',
    }),
    [`${prefix}garp_master_refresh`]: secondsFrom(0, LONGEST_DELAY, {
      means: 'seconds between gratuitous ARPs while master, 0 for none; default 0',
    }),
    [`${prefix}garp_master_refresh_repeat`]: integer(1, 1000, {
      means: 'gratuitous ARPs for each refresh; default 1',
    }),
  }) satisfies Keywords;

/** The keywords of `global_defs` that are about VRRP. */
export const VRRP_GLOBAL = {
  ...announceKeywords('vrrp_'),
  vrrp_version: choice(['2', '3'], { means: 'protocol version of instances that name none; default 2' }),
  vrrp_skip_check_adv_addr: ignored(
    'on or off',
    'harmless',
    'do not compare the address lists of adverts; they are compared here, counted, and never a reason to drop',
  ),
  vrrp_strict: notYet('means strict obedience to the RFCs'),
  vrrp_garp_interval: notSupported(
    one('seconds', Number, { means: 'seconds between two gratuitous ARPs on an interface' }),
    'announcements go out in one burst',
  ),
  vrrp_gna_interval: harmless(
    one('seconds', Number, { means: 'as vrrp_garp_interval, for IPv6' }),
    'there is no IPv6 yet',
  ),
  vrrp_mcast_group4: notYet('means another multicast group'),
  vrrp_startup_delay: notYet('waits before it takes part'),
  vrrp_down_timer_adverts: notYet('means adverts that may be missed'),
} satisfies Keywords;

const AUTHENTICATION_KEYWORDS = {
  auth_type: choice(['PASS', 'AH'], { means: 'PASS, a password in clear text, or AH', required: true }),
  auth_pass: secret('a password of up to 8 bytes', {
    means: 'the password; only its first 8 bytes count',
    required: true,
  }),
} satisfies Keywords;

/** Reads one line of `virtual_ipaddress`: the address is its keyword. */
const readAddress = (
  statement: Statement,
  report: Report,
): Omit<VirtualAddress, 'interface'> & { interface?: string } => {
  const { text, at } = statement.keyword;
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    report.error(at, `"${text}" is no address`, 'write it as 10.0.0.13/24');
  } else if (prefix.bytes.length !== 4) {
    report.error(at, 'IPv6 addresses are not supported yet');
  }
  const read: { address: string; prefixLength: number; interface?: string } = {
    address: prefix?.address ?? text,
    prefixLength: prefix?.prefixLength ?? 32,
  };
  for (let i = 0; i < statement.args.length; i += 2) {
    const option = statement.args[i];
    if (option?.text === 'dev') {
      const device = arg(statement, i + 1, 'an interface after dev', report);
      if (device.ok) read.interface = device.value.text;
    } else if (
      option !== undefined &&
      !(option.text === 'scope' && statement.args[i + 1]?.text === 'global')
    ) {
      report.error(option.at, `the option ${option.text} of an address is not supported yet`);
    }
  }
  return read;
};

/** The keywords of `vrrp_instance`. */
export const INSTANCE_KEYWORDS = {
  state: choice(['MASTER', 'BACKUP'], {
    means:
      'what it starts as; only an owner (priority 255) speaks at once, everybody else listens first; default BACKUP',
  }),
  interface: word('the name of an interface', {
    means: 'where adverts are sent and addresses are put',
    required: true,
  }),
  virtual_router_id: integer(1, 255, { means: 'the same on all routers of the pair', required: true }),
  priority: integer(1, 255, { means: 'the highest is master; 255 owns the addresses; default 100' }),
  advert_int: secondsFrom(0.01, 255, { means: 'seconds between adverts, whole ones in VRRPv2; default 1' }),
  authentication: block(
    'a block with auth_type and auth_pass',
    { means: 'how adverts are authenticated', within: AUTHENTICATION_KEYWORDS },
    (statement, body, report) => ({
      ...readBlock(AUTHENTICATION_KEYWORDS, body, 'authentication', statement.keyword.at, report),
    }),
  ),
  virtual_ipaddress: block(
    'a block of addresses',
    { means: 'the addresses that move, in the order in which adverts name them; without a length /32' },
    (_, body, report, before: readonly ReturnType<typeof readAddress>[] | undefined) => [
      ...(before ?? []),
      ...body.map(statement => readAddress(statement, report)),
    ],
  ),
  nopreempt: flag({ means: 'a higher priority does not take over from a living master' }),
  preempt: flag({ means: 'undoes nopreempt' }),
  version: choice(['2', '3'], { means: 'protocol version; default that of global_defs' }),
  ...announceKeywords(''),
  dont_track_primary: notYet('goes on when its interface is down'),
  track_interface: notYet('fails when another interface does'),
  track_script: notYet('means a script decides'),
  track_file: notYet('means a file decides'),
  track_process: notYet('means a process decides'),
  track_bfd: notYet('means a BFD session decides'),
  track_src_ip: notYet('fails without its source address'),
  mcast_src_ip: notYet('means another source address'),
  mcast_dst_ip: notYet('means another multicast group'),
  unicast_src_ip: notYet('means another source address'),
  unicast_peer: notYet('means adverts to single routers'),
  use_vmac: notYet('means a virtual MAC'),
  vmac_xmit_base: notYet('means adverts past the virtual MAC'),
  use_ipvlan: notYet('means a virtual interface'),
  virtual_ipaddress_excluded: notYet('means addresses that adverts do not name'),
  virtual_routes: notYet('means routes that move'),
  virtual_rules: notYet('means rules that move'),
  preempt_delay: notYet('waits before it takes over from a lesser master'),
  down_timer_adverts: notYet('means adverts that may be missed'),
  strict_mode: notYet('means strict obedience to the RFCs'),
  no_accept: notYet('refuses packets to the addresses'),
  accept: ignored('nothing', 'harmless', 'accepts packets to the addresses, as it does anyway'),
  lower_prio_no_advert: notYet('does not answer a lesser master'),
  higher_prio_send_advert: notYet('answers a greater master once'),
  garp_lower_prio_delay: ignored(
    'seconds',
    'not supported',
    'as garp_master_delay, after a lesser master',
    'garp_master_delay counts',
  ),
  garp_lower_prio_repeat: ignored(
    'a number',
    'not supported',
    'as garp_master_repeat, after a lesser master',
    'garp_master_repeat counts',
  ),
  notify: notYet('means a script is told of role changes'),
  notify_master: notYet('means a script is told of role changes'),
  notify_backup: notYet('means a script is told of role changes'),
  notify_fault: notYet('means a script is told of role changes'),
  notify_stop: notYet('means a script is told of role changes'),
  smtp_alert: ignored('on or off', 'not supported', 'mail at role changes', 'no mail is sent'),
  debug: ignored('a level', 'harmless', 'has no effect in keepalived either'),
  lvs_sync_daemon_interface: notYet('means the connection sync daemon'),
} satisfies Keywords;

/** The keywords of the file's top level that are about VRRP. */
export const VRRP_TOP = {
  vrrp_instance: named(INSTANCE_KEYWORDS, { means: 'one virtual router on one interface' }),
  vrrp_script: notYet('lets a script decide'),
  vrrp_sync_group: notYet('ties instances together'),
  vrrp_track_file: notYet('lets a file decide'),
  track_file: notYet('lets a file decide'),
  vrrp_track_process: notYet('lets a process decide'),
  garp_group: notYet('limits announcements'),
  track_group: notYet('ties instances to static objects'),
  static_ipaddress: notYet('keeps addresses'),
  static_routes: notYet('keeps routes'),
  static_rules: notYet('keeps rules'),
} satisfies Keywords;
