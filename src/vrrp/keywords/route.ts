import type { Keyword, Row, Values, Word } from '../../lib/keyword.js';
import { bare, choice, integer, lines, one, word } from '../../lib/keyword-kinds.js';
import { option, readOptions, type Options } from '../../lib/keyword-line.js';
import type { Report } from '../../lib/problem.js';
import { SCOPES } from './address.js';
import { address, device, readPrefix, trackGroup, type PlacedPrefix } from './kinds.js';

const MOST = 4294967295;
/** What a route does with packets (ip-route(8)). */
const TYPES = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
  'nat',
] as const;
/** Words behind `encap ip` and its like, each with one value. */
const TUNNEL_WORDS = ['id', 'dst', 'src', 'tos', 'ttl', 'flags', 'hoplimit', 'tc'];

/** A number in decimal, hexadecimal with 0x, or octal with 0, as ip(8) takes it. */
export const anyNumber = (most: number, row: Row): Keyword<number> =>
  one(
    `a number from 0 to ${most}`,
    text => {
      const value = /^0[0-7]+$/.test(text)
        ? parseInt(text, 8)
        : /^(0x[0-9a-f]+|\d+)$/i.test(text)
          ? Number(text)
          : NaN;
      return value <= most ? value : undefined;
    },
    row,
  );

/** `main`, `local`, `default`, another name of the machine's rt_tables, or a number. */
export const table = (row: Row): Keyword<string> =>
  one(
    `the name or the number of a routing table`,
    text => (/^\d+$/.test(text) && Number(text) > MOST ? undefined : text),
    row,
  );

/** A value that `lock` before it keeps from being learned anew. */
export interface Metric {
  readonly value: string;
  readonly lock: boolean;
}

const lockArity = (words: readonly Word[]): number => (words[0]?.text === 'lock' ? 2 : 1);

/** A metric of a route: a number, or a time with or without its unit. */
const metric = (means: string, form: 'number' | 'time' | 'name' = 'number') => {
  const takes = { number: 'a number', time: 'a time such as 200ms', name: 'a name' }[form];
  const fits = { number: /^\d+$/, time: /^\d+(\.\d+)?(s|ms)?$/, name: /./ }[form];
  const keyword: Keyword<Metric> = {
    effect: 'acted on',
    takes: `${takes}, with lock before it or not`,
    means,
    read: ({ keyword: { text: name, at }, args }, report) => {
      const lock = args[0]?.text === 'lock';
      const value = lock ? args[1] : args[0];
      if (value !== undefined && fits.test(value.text)) return { value: value.text, lock };
      report.error(
        value?.at ?? at,
        `${name} takes ${takes}${value === undefined ? '' : `, not "${value.text}"`}`,
      );
      return undefined;
    },
  };
  return option(keyword, lockArity);
};

const ROUTER = address('an address', { means: 'the router that it leads to' });
const hasFamily = ([first]: readonly Word[]): boolean => first?.text === 'inet' || first?.text === 'inet6';

/** An address, perhaps with its family before it. */
const via = option(
  {
    ...ROUTER,
    takes: 'an address, with inet or inet6 before it or not',
    read: (statement, report, before) => {
      const args = hasFamily(statement.args) ? statement.args.slice(1) : statement.args;
      return ROUTER.read({ ...statement, args }, report, before);
    },
  } satisfies typeof ROUTER,
  words => (hasFamily(words) ? 2 : 1),
);

/** `encap mpls LABELS`, `encap ip id N dst A …`. */
const encapArity = (words: readonly Word[]): number => {
  const kind = words[0]?.text;
  if (kind !== 'ip' && kind !== 'ip6') return 2;
  let count = 1;
  while (TUNNEL_WORDS.includes(words[count]?.text ?? '')) count += 2;
  return count;
};

const encap = option(
  {
    effect: 'acted on',
    means: 'the tunnel that packets are put into',
    takes: 'mpls, ip, ip6 or ila with what belongs to it',
    read: ({ keyword: { at }, args }, report) => {
      const [kind] = args;
      if (args.length > 1 && kind !== undefined && ['mpls', 'ip', 'ip6', 'ila'].includes(kind.text)) {
        return args.map(word => word.text);
      }
      report.error(kind?.at ?? at, 'encap takes mpls, ip, ip6 or ila with what belongs to it');
      return undefined;
    },
  } satisfies Keyword<readonly string[]>,
  encapArity,
);

/** What each of several ways of a route may have. */
const HOP = {
  via,
  dev: option(device({ means: 'the interface that packets leave by' })),
  oif: option(device({ means: 'another name of dev' })),
  weight: option(integer(1, 256, { means: 'its share of the packets', default: '1' })),
  onlink: option(bare({ means: 'the router is reached by the interface, whatever its network' }), 0),
  encap,
  realms: option(word('a realm', { means: 'the realm that packets are counted for' })),
} satisfies Options;

/** One of several ways of a route. */
export type Hop = Values<typeof HOP>;

const nexthop: Keyword<Hop[]> = {
  effect: 'acted on',
  takes: 'one way of several, with its own via and dev',
  means: 'a way that shares the packets with others',
  options: HOP,
  read: ({ keyword: { at }, args }, report, before = []) => {
    before.push(readOptions(HOP, args, 'a way of a route', at, report));
    return before;
  },
};

const toNextHop = (words: readonly Word[]): number => {
  const end = words.findIndex(({ text }) => text === 'nexthop');
  return end < 0 ? words.length : end;
};

/** The options of every route, in the words of `ip route`. */
const COMMON = {
  to: option(word('an address with its length, or default', { means: 'where it leads' })),
  via,
  gw: option({ ...via, means: 'an old name of via', warning: 'this is an old name; write via' }),
  or: option({
    ...ROUTER,
    means: 'a second router',
    warning: 'this is old; write nexthop via … nexthop via …',
  }),
  src: option(address('an address', { means: 'the address that this machine sends from on it' })),
  from: option(word('an address with its length', { means: 'whom it is for, in IPv6' })),
  dev: option(device({ means: 'the interface that packets leave by' })),
  oif: option(device({ means: 'another name of dev' })),
  table: option(table({ means: 'the routing table that it stands in', default: 'main' })),
  scope: option(
    one(
      `one of ${SCOPES.join(', ')}, or a number to 255`,
      text => (/^\d{1,3}$/.test(text) && Number(text) <= 255 ? text : SCOPES.find(scope => scope === text)),
      { means: 'how far away what it leads to is' },
    ),
  ),
  metric: option(anyNumber(MOST, { means: 'its preference; the least is taken' })),
  priority: option(anyNumber(MOST, { means: 'another name of metric' })),
  preference: option(anyNumber(MOST, { means: 'another name of metric' })),
  tos: option(anyNumber(255, { means: 'the type of service of packets that take it' })),
  dsfield: option(anyNumber(255, { means: 'another name of tos' })),
  protocol: option(
    word('a name or a number', { means: 'who made it, for the kernel', default: 'keepalived' }),
  ),
  realms: option(word('a realm', { means: 'the realm that packets are counted for' })),
  vrf: option(device({ means: 'the virtual routing domain that it is in' })),
  mtu: metric('the greatest packets that fit'),
  hoplimit: option(anyNumber(255, { means: 'the hop limit of packets' })),
  advmss: metric('the greatest TCP segment that is offered to the other side'),
  rtt: metric('the first guess of the round-trip time', 'time'),
  rttvar: metric('the first guess of how much that varies', 'time'),
  rto_min: metric('the shortest time until TCP sends again', 'time'),
  reordering: metric('how far out of order segments may come'),
  window: metric('the greatest TCP window that is offered'),
  cwnd: metric('the greatest congestion window'),
  ssthresh: metric('the first guess of the slow start threshold'),
  initcwnd: option(anyNumber(MOST, { means: 'the first congestion window' })),
  initrwnd: option(anyNumber(MOST, { means: 'the first receive window' })),
  quickack: option(choice(['0', '1'], { means: 'acknowledges at once' })),
  congctl: metric('the congestion control of TCP', 'name'),
  features: option(choice(['ecn'], { means: 'what TCP may use on it' })),
  fastopen_no_cookie: option(choice(['0', '1'], { means: 'opens TCP fast without a cookie' })),
  pref: option(choice(['low', 'medium', 'high'], { means: 'how it ranks among routers, in IPv6' })),
  expires: option(anyNumber(MOST, { means: 'seconds until it goes, in IPv6' })),
  'ttl-propagate': option(choice(['enabled', 'disabled'], { means: 'takes the hop limit into MPLS' })),
  encap,
  onlink: option(bare({ means: 'the router is reached by the interface, whatever its network' }), 0),
  append: option(bare({ means: 'puts it behind others to the same place, not before them' }), 0),
  prepend: option(bare({ means: 'puts it before others to the same place' }), 0),
  inet: option(bare({ means: 'it is a route of IPv4' }), 0),
  inet6: option(bare({ means: 'it is a route of IPv6' }), 0),
  nexthop: option(nexthop, toNextHop),
  no_track: option(bare({ means: 'nothing happens when somebody takes it away' }), 0),
} satisfies Options;

/** The options of a route that moves. */
export const VIRTUAL_ROUTE = COMMON;

/** The options of a route that is always there. */
export const STATIC_ROUTE = {
  ...COMMON,
  track_group: trackGroup,
} satisfies Options;

/** A route, as it stands in the file. */
export interface RouteLine<O extends Options> {
  readonly type: (typeof TYPES)[number];
  /** Where it leads; none for the default route. */
  readonly to: PlacedPrefix | 'default';
  readonly options: Values<O>;
}

/** A keyword whose block has a route on each line, in the words of `ip route`. */
export const routes = <O extends typeof COMMON>(options: O, row: Row): Keyword<readonly RouteLine<O>[]> =>
  lines<RouteLine<O>>('a block of routes, in the words of ip route', { ...row, options }, (line, report) =>
    readRoute(options, line, report),
  );

function readRoute<O extends typeof COMMON>(
  options: O,
  line: readonly [Word, ...Word[]],
  report: Report,
): RouteLine<O> | undefined {
  const [first] = line;
  const type = TYPES.find(t => t === first.text);
  const words = [...(type === undefined ? line : line.slice(1))];
  // The place that it leads to may stand anywhere, with `to` before it or not; nearly always it is the first word.
  let target = words[0] !== undefined && !Object.hasOwn(options, words[0].text) ? words.shift() : undefined;
  const unknown: Word[] = [];
  const read = readOptions(options, words, 'the route', first.at, report, (word, hint) => {
    if (target === undefined) {
      target = word;
      return;
    }
    unknown.push(word);
    report.error(word.at, `"${word.text}" is no option of a route; keepalived leaves the route out`, hint);
  });
  const to = target ?? words[words.findIndex(({ text }) => text === 'to') + 1];
  if (to === undefined || (target === undefined && read.at.to === undefined)) {
    report.error(
      first.at,
      'the route leads nowhere; keepalived leaves it out',
      'write where to, as in 192.168.1.0/24',
    );
    return undefined;
  }
  const place = to.text === 'default' ? ('default' as const) : readPrefix(to, 'leaves the route out', report);
  return place === undefined || unknown.length > 0
    ? undefined
    : { type: type ?? 'unicast', to: place, options: read };
}
