import type { Keyword, Keywords, Row, Values } from '../../lib/keyword.js';
import {
  bare,
  choice,
  flag,
  harmless,
  integer,
  lines,
  notSupported,
  notYet,
  secondsFrom,
} from '../../lib/keyword-kinds.js';
import { option, readOptions } from '../../lib/keyword-line.js';
import { oldName, partsOf } from '../../lib/keyword-rows.js';
import { addresses, hasNoAddress, VIRTUAL_ADDRESS } from './address.js';
import { ANNOUNCE_INSTANCE } from './announce.js';
import { AUTH } from './auth.js';
import { group, isOurGroup } from './globals.js';
import {
  address,
  decidedByTheRest,
  device,
  placed,
  readAddress,
  words,
  wrongDevice,
  type PlacedAddress,
} from './kinds.js';
import { NOTIFY_INSTANCE } from './notify.js';
import { routes, VIRTUAL_ROUTE } from './route.js';
import { rules, VIRTUAL_RULE } from './rule.js';
import { TRACKING } from './track.js';

const MOST_TTL = 255;
const isOff = (on: boolean): boolean => !on;
const isEmpty = (list: readonly unknown[]): boolean => list.length === 0;
const INHERITED = 'what global_defs says';
const OWN_ADDRESS = 'the first address of the interface';

const ttl = (means: string) => option(integer(0, MOST_TTL, { means, otherwise: 'any' }));

/** What may stand behind the address of a peer. */
const PEER = partsOf({
  min_ttl: ttl('the least TTL that adverts of it may have'),
  max_ttl: ttl('the greatest TTL that adverts of it may have'),
});

/** A router that adverts are sent to. */
export interface Peer {
  readonly address: PlacedAddress;
  readonly options: Values<typeof PEER>;
}

const peers = (row: Row): Keyword<readonly Peer[]> =>
  lines<Peer>('a block of addresses', { ...row, options: PEER }, ([first, ...rest], report) => {
    // keepalived takes an address with a length, and forgets the length.
    const found = readAddress({ ...first, text: first.text.replace(/\/\d+$/, '') });
    const options = readOptions(PEER, rest, `the peer ${first.text}`, first.at, report);
    if (found !== undefined) return { address: found, options };
    report.error(
      first.at,
      `"${first.text}" is no address; keepalived leaves this peer out`,
      'write one address on each line',
    );
    return undefined;
  });

const debug = harmless(
  integer(0, 4, { means: 'how much is said', default: '0', otherwise: '0' }),
  'it has no effect in keepalived either',
);

/** How the instance is known, and what its adverts look like. */
const PROTOCOL = {
  state: choice(['MASTER', 'BACKUP'], {
    means:
      'what it starts as; only an owner, with priority 255, is master at once, everybody else listens first',
    default: 'BACKUP',
    otherwise: 'BACKUP',
    unless: block =>
      block.block?.some(s => s.keyword.text === 'priority' && s.args[0]?.text === '255') === true,
  }),
  interface: { ...device({ means: 'where adverts are sent and addresses are put' }), required: true },
  virtual_router_id: integer(1, 255, { means: 'the same on all routers of the pair', required: true }),
  priority: integer(1, 255, {
    means: 'the highest is master; 255 owns the addresses; 255 with state MASTER where it is left out',
    default: '100',
    otherwise: '100',
    unless: block =>
      block.block?.some(s => s.keyword.text === 'state' && s.args[0]?.text === 'MASTER') === true,
  }),
  advert_int: secondsFrom(0.01, 255, {
    means: 'seconds between adverts, whole ones in VRRPv2',
    default: '1',
    otherwise: '1',
  }),
  version: notYet(
    choice(['2', '3'], { means: 'the version of the protocol', otherwise: INHERITED }),
    'adverts are those of VRRPv2',
    version => version === '2',
  ),
  ...AUTH,
  mcast_src_ip: address('an address', { means: 'where adverts come from', otherwise: OWN_ADDRESS }),
  mcast_dst_ip: notYet(
    group('ipv4', { means: 'where adverts go, in place of what global_defs says', otherwise: INHERITED }),
    'adverts go to 224.0.0.18',
    isOurGroup,
  ),
  unicast_src_ip: address('an address', {
    means: 'where adverts to single routers come from',
    otherwise: OWN_ADDRESS,
  }),
  unicast_peer: peers({ means: 'the routers that adverts are sent to, one by one' }),
  unicast_fault_no_peer: notYet(
    bare({ means: 'fails when there is no peer that adverts can be sent to' }),
    'adverts go to 224.0.0.18',
    isOff,
  ),
  unicast_ttl: integer(0, MOST_TTL, {
    means: 'the TTL of adverts to single routers',
    default: '255',
    otherwise: '255',
  }),
  check_unicast_src: bare({ means: 'hears only the peers that are listed' }),
  old_unicast_checksum: harmless(
    words(0, 1, 'never, or nothing', {
      means: 'the checksum that VRRPv3 had in unicast up to keepalived 1.3.6',
    }),
    'unicast is refused',
  ),
  v3_checksum_as_v2: harmless(
    flag({ means: 'leaves the pseudo header out of the checksum of VRRPv3', otherwise: INHERITED }),
    'there is no VRRPv3 yet, and VRRPv2 has one form of checksum',
  ),
  native_ipv6: harmless(bare({ means: 'it is for IPv6' }), 'its addresses decide'),
  vrf: notYet(
    device({ means: 'the virtual routing domain of an instance without an interface' }),
    'every instance has an interface',
  ),
} satisfies Keywords;

/** What moves with the role. */
const MOVES = {
  virtual_ipaddress: addresses(VIRTUAL_ADDRESS, {
    means: 'the addresses that move, in the order in which adverts name them; without a length /32',
  }),
  virtual_ipaddress_excluded: notYet(
    addresses(partsOf(VIRTUAL_ADDRESS), { means: 'addresses that move, too, and that adverts do not name' }),
    'these addresses would not move',
    hasNoAddress,
  ),
  no_virtual_ipaddress: bare({ means: 'it has no address to move, on purpose' }),
  virtual_routes: notYet(
    routes(partsOf(VIRTUAL_ROUTE), { means: 'routes that move' }),
    'these routes would not move',
    isEmpty,
  ),
  virtual_rules: notYet(
    rules(partsOf(VIRTUAL_RULE), { means: 'rules that move' }),
    'these rules would not move',
    isEmpty,
  ),
  promote_secondaries: notSupported(
    bare({ means: 'tells the kernel to keep the other addresses of a network when its first goes' }),
    'the kernel goes on as it was told elsewhere',
    isOff,
  ),
  use_vmac: notYet(
    words(0, 5, 'a name, a MAC, both or nothing', {
      means: 'puts everything on an interface with a MAC of its own',
    }),
    'clients would see the MAC of the interface',
  ),
  use_vmac_addr: notYet(
    bare({ means: 'does it for addresses on other interfaces, too' }),
    'clients would see the MAC of the interface',
    isOff,
  ),
  vmac_xmit_base: harmless(
    bare({ means: 'sends adverts past that interface' }),
    'adverts are always sent on the interface itself',
  ),
  use_ipvlan: notYet(
    words(0, 3, 'a name, an address, a mode or nothing', {
      means: 'puts everything on an interface with an address of its own',
    }),
    'everything would be on the interface itself',
  ),
} satisfies Keywords;

const nopreempt = bare({ means: 'does not take over from a lesser master that lives' });
const noAccept = notYet(
  bare({ means: 'drops packets to the addresses unless it is their owner' }),
  'the addresses answer',
  isOff,
);

/** Who becomes master, and when. */
const ELECTION = {
  nopreempt,
  preempt: { ...turned(nopreempt), aliasOf: 'nopreempt', means: 'takes over; undoes nopreempt' },
  preempt_delay: notYet(
    secondsFrom(0, 1000, {
      means: 'seconds that it waits before it takes over from a lesser master',
      default: '0',
      otherwise: '0',
    }),
    'a router takes over after the usual time',
    decidedByTheRest,
  ),
  down_timer_adverts: notYet(
    integer(1, 100, { means: 'adverts that may be missed before the master counts as gone' }),
    'three may be missed, and the routers of a pair must agree',
    adverts => adverts === 3,
  ),
  lower_prio_no_advert: notSupported(
    flag({ means: 'leaves the advert of a lesser master unanswered', otherwise: INHERITED }),
    'a lesser master is answered at once',
    isOff,
  ),
  higher_prio_send_advert: notSupported(
    flag({ means: 'sends one more advert before it gives way to a greater master', otherwise: INHERITED }),
    'a router gives way without another advert',
    isOff,
  ),
  owner_ignore_adverts: notSupported(
    flag({ means: 'an owner, with priority 255, does not listen to others', otherwise: INHERITED }),
    'an owner listens, too',
    isOff,
  ),
  timer_expired_backup: notSupported(
    words(0, 1, 'a priority, or nothing', {
      means: 'with nopreempt, gives way after its process was asleep for too long',
    }),
    'a router whose process was asleep goes on until it hears a greater master',
  ),
  dont_track_primary: notYet(
    bare({ means: 'goes on when its interface is down' }),
    'an instance fails when its interface is down',
    isOff,
  ),
  track_src_ip: harmless(
    bare({ means: 'fails when the address that adverts come from is gone' }),
    'an interface without an address is a failure anyway',
  ),
  skip_check_adv_addr: harmless(
    flag({ means: 'compares the addresses in adverts only when the master changes', otherwise: INHERITED }),
    'another list of addresses is counted and logged, and never a reason to drop an advert',
  ),
  strict_mode: notYet(
    flag({ means: 'as vrrp_strict, for this instance', otherwise: INHERITED }),
    'passwords are used, and addresses answer; hardly anybody wants what keepalived makes of it',
    isOff,
  ),
  no_accept: noAccept,
  accept: {
    ...harmless(
      turned(bare({ means: 'its addresses answer, also where it is not their owner' })),
      'the addresses answer anyway',
    ),
    aliasOf: 'no_accept',
  },
} satisfies Keywords;

/** The keywords of `vrrp_instance`. */
export const INSTANCE_KEYWORDS = {
  ...PROTOCOL,
  ...MOVES,
  ...ELECTION,
  thread_timer_expired: oldName(ELECTION.timer_expired_backup, 'timer_expired_backup'),
  ...ANNOUNCE_INSTANCE,
  vmac_garp_intvl: oldName(ANNOUNCE_INSTANCE.garp_extra_if, 'garp_extra_if'),
  ...TRACKING,
  ...NOTIFY_INSTANCE,
  debug,
  kernel_rx_buf_size: harmless(
    integer(0, 4294967295, {
      means: 'bytes for adverts that wait to be read',
      otherwise: INHERITED,
      mayBeEmpty: true,
    }),
    'the buffers have a size of their own',
  ),
  linkbeat_use_polling: notSupported(
    bare({ means: 'asks its interface for its link, again and again' }),
    "the kernel's news of a link counts",
    isOff,
  ),
  lvs_sync_daemon_interface: notYet(
    placed('an interface', { means: 'an old way to write lvs_sync_daemon' }, wrongDevice),
    'connections are not told to the other router, and end when the addresses move',
  ),
} satisfies Keywords;

/** A word that says the opposite of another. */
function turned(keyword: Keyword<boolean>): Keyword<boolean> {
  return {
    ...keyword,
    read: (statement, report) => {
      const value = keyword.read(statement, report, undefined);
      return value === undefined ? undefined : !value;
    },
  };
}
