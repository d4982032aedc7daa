import type { IpBytes } from '../../lib/address.js';
import type { Keyword, Keywords, Row } from '../../lib/keyword.js';
import {
  bare,
  choice,
  flag,
  harmless,
  integer,
  notSupported,
  notYet,
  secondsFrom,
  word,
} from '../../lib/keyword-kinds.js';
import { oldName } from '../../lib/keyword-rows.js';
import { script, type Script } from '../../lib/keyword-script.js';
import { ANNOUNCE_GLOBAL } from './announce.js';
import { PROCESS } from './scheduling.js';
import { address, device, words, type PlacedAddress } from './kinds.js';

/** The times that keepalived's parser takes, seconds: microseconds in 32 bits. */
const LONGEST = 4294.967295;

const isOff = (on: boolean): boolean => !on;

/** A multicast group, or another address that is as good as none. */
const isMulticast = (bytes: IpBytes): boolean =>
  bytes.length === 4 ? ((bytes[0] ?? 0) & 0xf0) === 0xe0 : bytes[0] === 0xff;

/** A keyword that takes a multicast address of one family. */
export const group = (family: 'ipv4' | 'ipv6', row: Row): Keyword<PlacedAddress> =>
  address(`a multicast address of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`, row, family, isMulticast);

/** The group that adverts go to (RFC 3768 §5.2.2). */
export const isOurGroup = ({ bytes }: PlacedAddress): boolean => bytes.join('.') === '224.0.0.18';

/** Seconds between two announcements. keepalived cannot read 0, which its own sample has. */
const gap = (row: Row): Keyword<number> => {
  const seconds = secondsFrom(0, LONGEST, { ...row, otherwise: '0' });
  return {
    ...seconds,
    read: (statement, report) => {
      const value = seconds.read(statement, report, undefined);
      const [written] = statement.args;
      if (value === 0 && written !== undefined) {
        report.warn(
          written.at,
          `keepalived finds ${statement.keyword.text} 0 out of range and goes on with its default, which is 0`,
          'leave the line out',
        );
      }
      return value;
    },
  };
};

const fifo = (row: Row): Keyword<Script> =>
  notYet(script(row, 'the path of a FIFO'), 'no FIFO is written, and whoever reads one waits for ever');

const NO_FIREWALL =
  'no firewall rule is made: they are for no_accept and for virtual MACs, which are refused';
const NO_VMAC = 'there are no virtual MACs yet';
/** What is made on the machine besides addresses. */
const MACHINE = {
  default_interface: harmless(
    device({
      means: 'the interface of static addresses that name none',
      default: 'eth0',
      mayBeEmpty: true,
    }),
    'static addresses are refused',
  ),
  dynamic_interfaces: harmless(
    {
      ...words(0, 1, 'nothing, or allow_if_changes', { means: 'interfaces may come later, and may go' }),
      words: ['allow_if_changes'],
    },
    'an interface that is not there is waited for anyway, with the instance in FAULT',
  ),
  vmac_prefix: harmless(
    word('a text', { means: 'what the names of virtual interfaces begin with', default: 'vrrp' }),
    NO_VMAC,
  ),
  vmac_addr_prefix: harmless(
    word('a text', { means: 'as vmac_prefix, for addresses on other interfaces' }),
    NO_VMAC,
  ),
  disable_local_igmp: notSupported(
    bare({ means: 'tells the kernel not to report multicast groups of the local network' }),
    'the kernel goes on as it was told elsewhere',
  ),
  vrrp_iptables: harmless(
    words(0, 2, 'one or two chains, or nothing', {
      means: 'makes firewall rules with iptables, in these chains',
      default: 'off',
    }),
    NO_FIREWALL,
  ),
  vrrp_ipsets: harmless(
    words(0, 7, 'names of sets, or nothing', { means: 'the sets that iptables looks in', default: 'off' }),
    NO_FIREWALL,
  ),
  nftables: harmless(
    words(0, 1, 'a table, or nothing', {
      means: 'makes firewall rules with nftables, in this table',
      default: 'keepalived',
    }),
    NO_FIREWALL,
  ),
  nftables_priority: harmless(
    integer(-2147483648, 2147483647, {
      means: 'when those rules are looked at',
      default: '-1',
      otherwise: '-1',
    }),
    NO_FIREWALL,
  ),
  nftables_counters: harmless(bare({ means: 'those rules count' }), NO_FIREWALL),
  nftables_ifindex: harmless(bare({ means: 'those rules know interfaces by number' }), NO_FIREWALL),
} satisfies Keywords;

/** What is told of roles. The FIFOs that are for everything stand here with those that are for VRRP. */
const NEWS = {
  notify_fifo: fifo({ means: 'a FIFO that is told of every change of roles and servers', mayBeEmpty: true }),
  notify_fifo_script: notYet(
    script({ means: 'a program that reads it', mayBeEmpty: true }),
    'no program is started that reads a FIFO',
  ),
  vrrp_notify_fifo: fifo({ means: 'a FIFO that is told of every change of roles', mayBeEmpty: true }),
  vrrp_notify_fifo_script: notYet(
    script({ means: 'a program that reads it', mayBeEmpty: true }),
    'no program is started that reads a FIFO',
  ),
  fifo_write_vrrp_states_on_reload: harmless(
    bare({ means: 'tells the roles again after a reload' }),
    'the FIFOs are refused',
  ),
  vrrp_notify_priority_changes: harmless(
    flag({ means: 'tells the FIFOs of priorities that change', default: 'off', otherwise: 'off' }),
    'the FIFOs are refused',
  ),
  log_unknown_vrids: notSupported(
    bare({ means: 'logs adverts of virtual routers that are not configured' }),
    'such adverts are counted in the state document, and not logged',
    isOff,
  ),
} satisfies Keywords;

/** The keywords of `global_defs` that are about VRRP. */
export const VRRP_GLOBAL = {
  vrrp_version: notYet(
    choice(['2', '3'], {
      means: 'the protocol version of instances that name none',
      default: '2',
      otherwise: '2',
    }),
    'adverts are those of VRRPv2',
    version => version === '2',
  ),
  vrrp_mcast_group4: notYet(
    group('ipv4', { means: 'where adverts of IPv4 go', default: '224.0.0.18', otherwise: '224.0.0.18' }),
    'adverts go to 224.0.0.18',
    isOurGroup,
  ),
  vrrp_mcast_group6: harmless(
    group('ipv6', { means: 'where adverts of IPv6 go', default: 'ff02::12', otherwise: 'ff02::12' }),
    'there are no adverts of IPv6 yet',
  ),
  ...ANNOUNCE_GLOBAL,
  vrrp_vmac_garp_intvl: oldName(ANNOUNCE_GLOBAL.vrrp_garp_extra_if, 'vrrp_garp_extra_if'),
  vrrp_garp_interval: notSupported(
    gap({ means: 'seconds between two gratuitous ARPs on an interface' }),
    'the gratuitous ARPs of a block go out at once',
    between => between === 0,
  ),
  vrrp_gna_interval: harmless(gap({ means: 'as vrrp_garp_interval, for IPv6' }), 'there is no IPv6 yet'),
  vrrp_down_timer_adverts: notYet(
    integer(1, 100, { means: 'adverts that may be missed before the master counts as gone', default: '3' }),
    'three may be missed, and the routers of a pair must agree',
    adverts => adverts === 3,
  ),
  vrrp_startup_delay: notYet(
    secondsFrom(0.001, LONGEST, { means: 'seconds that instances wait at the start', otherwise: '0' }),
    'instances listen and take over from the start',
  ),
  vrrp_delay_after_boot: notYet(
    secondsFrom(0.001, LONGEST, { means: 'seconds after the boot that instances wait for', otherwise: '0' }),
    'instances listen and take over from the start',
  ),
  vrrp_lower_prio_no_advert: notSupported(
    flag({ means: 'leaves the advert of a lesser master unanswered', default: 'off', otherwise: 'off' }),
    'a lesser master is answered at once',
    isOff,
  ),
  vrrp_higher_prio_send_advert: notSupported(
    flag({
      means: 'sends one more advert before it gives way to a greater master',
      default: 'off',
      otherwise: 'off',
    }),
    'a router gives way without another advert',
    isOff,
  ),
  vrrp_owner_ignore_adverts: notSupported(
    flag({ means: 'an owner, with priority 255, does not listen to others', otherwise: 'off' }),
    'an owner listens, too',
    isOff,
  ),
  v3_checksum_as_v2: harmless(
    flag({
      means: 'leaves the pseudo header out of the checksum of VRRPv3',
      default: 'off',
      otherwise: 'off',
    }),
    'there is no VRRPv3 yet, and VRRPv2 has one form of checksum',
  ),
  vrrp_check_unicast_src: bare({ means: 'hears only the peers that are listed' }),
  vrrp_skip_check_adv_addr: harmless(
    bare({ means: 'compares the addresses in adverts only when the master changes' }),
    'another list of addresses is counted and logged, and never a reason to drop an advert',
  ),
  vrrp_strict: notYet(
    flag({
      means: 'obeys the RFCs to the letter: without passwords, and addresses answer nobody but an owner',
      default: 'off',
      otherwise: 'off',
    }),
    'passwords are used, and addresses answer; hardly anybody wants what keepalived makes of it',
    isOff,
  ),
  ...PROCESS,
  vrrp_rlimit_rtime: oldName(PROCESS.vrrp_rlimit_rttime, 'vrrp_rlimit_rttime'),
  ...MACHINE,
  ...NEWS,
} satisfies Keywords;
