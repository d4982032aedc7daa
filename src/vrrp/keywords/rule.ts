import { parsePrefix } from '../../lib/address.js';
import type { Keyword, Row, Values, Word } from '../../lib/keyword.js';
import { bare, choice, lines, one, word } from '../../lib/keyword-kinds.js';
import { option, readOptions, type Options } from '../../lib/keyword-line.js';
import type { Report } from '../../lib/problem.js';
import { device, readPrefix, trackGroup, type PlacedPrefix } from './kinds.js';
import { anyNumber, table } from './route.js';

const MOST = 4294967295;

/** What a rule does with a packet, beside looking into a table. */
const ACTIONS = ['blackhole', 'prohibit', 'unreachable', 'nop'] as const;

/** Whom a rule is about: an address with its length, or all. */
const whom = (means: string) =>
  option({
    effect: 'acted on',
    means,
    takes: 'an address with its length, or all',
    read: ({ keyword: { text: name, at }, args: [from] }, report) => {
      if (from === undefined) {
        report.error(at, `${name} takes an address with its length, or all`);
        return undefined;
      }
      if (from.text === 'all' || from.text === 'default' || from.text === 'any') return 'all';
      return readPrefix(from, 'leaves the rule out', report);
    },
  } satisfies Keyword<PlacedPrefix | 'all'>);

/** `LEAST-MOST`, or one number for both. */
const range = (most: number, means: string) =>
  option(
    one(
      `two numbers to ${most} with - between them`,
      text => {
        const [least, greatest = least, extra] = text.split('-');
        const both = [least, greatest].map(part => (/^\d+$/.test(part ?? '') ? Number(part) : NaN));
        const [a = NaN, b = NaN] = both;
        return extra === undefined && a <= b && b <= most ? { least: a, most: b } : undefined;
      },
      { means },
    ),
  );

const preference = anyNumber(MOST, { means: 'when it is looked at; the least comes first' });
const action = (means: string) => option(bare({ means }), 0);
const tableOf = (means: string) => option(table({ means }));

/** The options of every rule, in the words of `ip rule`. */
const COMMON = {
  from: whom('where packets come from'),
  to: whom('where packets go to'),
  not: option(bare({ means: 'it is about all packets but these' }), 0),
  iif: option(device({ means: 'the interface that packets come by' })),
  dev: option(device({ means: 'another name of iif' })),
  oif: option(device({ means: 'the interface that packets of this machine leave by' })),
  tos: option(anyNumber(255, { means: 'the type of service of packets' })),
  dsfield: option(anyNumber(255, { means: 'another name of tos' })),
  fwmark: option(
    one(
      'a mark, with / and a mask behind it or not',
      text => (/^(0x[0-9a-f]+|\d+)(\/(0x[0-9a-f]+|\d+))?$/i.test(text) ? text : undefined),
      { means: 'the firewall mark of packets' },
    ),
  ),
  ipproto: option(word('the name or the number of a protocol', { means: 'the protocol of packets' })),
  sport: range(65535, 'the port that packets come from'),
  dport: range(65535, 'the port that packets go to'),
  uidrange: range(MOST, 'the users whose packets it is about'),
  tun_id: option(anyNumber(MOST, { means: 'the tunnel that packets come by' })),
  l3mdev: action('looks into the table of the virtual routing domain'),
  table: tableOf('looks into this routing table'),
  lookup: tableOf('another name of table'),
  goto: option(anyNumber(MOST, { means: 'goes on with the rule of this preference' })),
  blackhole: action('drops packets without a word'),
  prohibit: action('drops packets, and says that they are forbidden'),
  unreachable: action('drops packets, and says that nobody is there'),
  nop: action('does nothing'),
  type: option(choice(ACTIONS, { means: 'what it does with packets' })),
  realms: option(word('a realm', { means: 'the realm that packets are counted for' })),
  suppress_prefixlength: option(anyNumber(MOST, { means: 'passes over routes with this length or less' })),
  sup_pl: option(anyNumber(MOST, { means: 'another name of suppress_prefixlength' })),
  suppress_ifgroup: option(word('a group', { means: 'passes over routes by interfaces of this group' })),
  sup_group: option(word('a group', { means: 'another name of suppress_ifgroup' })),
  preference: option(preference),
  priority: option({ ...preference, means: 'another name of preference' }),
  order: option({ ...preference, means: 'another name of preference' }),
  protocol: option(
    word('a name or a number', { means: 'who made it, for the kernel', default: 'keepalived' }),
  ),
  inet: option(bare({ means: 'it is a rule of IPv4' }), 0),
  inet6: option(bare({ means: 'it is a rule of IPv6' }), 0),
  no_track: option(bare({ means: 'nothing happens when somebody takes it away' }), 0),
} satisfies Options;

/** The options of a rule that moves. */
export const VIRTUAL_RULE = COMMON;

/** The options of a rule that is always there. */
export const STATIC_RULE = {
  ...COMMON,
  track_group: trackGroup,
} satisfies Options;

/** A rule, as it stands in the file. */
export type RuleLine<O extends Options> = Values<O>;

const DOES = ['table', 'lookup', 'goto', 'l3mdev', 'type', ...ACTIONS] as const;
const PREFERENCES = ['preference', 'priority', 'order'] as const;

/** A keyword whose block has a rule on each line, in the words of `ip rule`. */
export const rules = <O extends typeof COMMON>(options: O, row: Row): Keyword<readonly RuleLine<O>[]> =>
  lines<RuleLine<O>>('a block of rules, in the words of ip rule', { ...row, options }, (line, report) =>
    readRule(options, line, report),
  );

function readRule<O extends typeof COMMON>(
  options: O,
  line: readonly [Word, ...Word[]],
  report: Report,
): RuleLine<O> | undefined {
  const { at } = line[0];
  const unknown: Word[] = [];
  const read = readOptions(options, line, 'the rule', at, report, (word, hint) => {
    unknown.push(word);
    const address = parsePrefix(word.text) !== undefined;
    report.error(
      word.at,
      `"${word.text}" is no option of a rule; keepalived leaves the rule out`,
      address ? `write from ${word.text}, or to ${word.text}` : hint,
    );
  });
  if (unknown.length > 0) return undefined;
  if (!DOES.some(name => read.at[name] !== undefined)) {
    report.error(at, 'the rule does nothing; keepalived leaves it out', 'write which table it looks into');
    return undefined;
  }
  if (!PREFERENCES.some(name => read.at[name] !== undefined)) {
    report.warn(
      at,
      'the rule has no preference; keepalived gives it one of its own, by the order of the file',
      'write preference with a number below 32766',
    );
  }
  return read;
}
