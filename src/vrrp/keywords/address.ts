import { parseIp, parsePrefix } from '../../lib/address.js';
import type { Keyword, Row, Values, Word } from '../../lib/keyword.js';
import {
  bare,
  block,
  harmless,
  notSupported,
  notYet,
  one,
  reportBeforeBlock,
} from '../../lib/keyword-kinds.js';
import { option, readOptions, type Options } from '../../lib/keyword-line.js';
import type { Report } from '../../lib/problem.js';
import { address, device, lengthOfMask, placed, readPrefix, type PlacedPrefix } from './kinds.js';

/** The kernel's names of scopes (linux/rtnetlink.h); a number from 0 to 255 is one, too. */
export const SCOPES = ['global', 'site', 'link', 'host', 'nowhere'] as const;
/** IFNAMSIZ without the final NUL: a label is as long as an interface's name. */
const LONGEST_LABEL = 15;
const MOST_SECONDS = 4294967295;

const ONLY_IPV6 = 'it is for IPv6, which is not supported yet';

const broadcast = one(
  'an IPv4 address, + or -',
  text => (text === '+' || text === '-' || parseIp(text)?.length === 4 ? text : undefined),
  { means: 'the broadcast address: + for all ones behind the network, - for none' },
);

/** Options that every line with an address may have. */
const COMMON = {
  dev: option(device({ means: 'the interface that it is put on, unless that of the instance' })),
  brd: option(notSupported(broadcast, 'the address is added without a broadcast address')),
  broadcast: option(notSupported(broadcast, 'the address is added without a broadcast address')),
  scope: option(
    notSupported(
      one(
        `one of ${SCOPES.join(', ')}, or a number to 255`,
        text => (/^\d{1,3}$/.test(text) && Number(text) <= 255 ? text : SCOPES.find(scope => scope === text)),
        { means: 'where it is valid', default: 'global', otherwise: 'global' },
      ),
      'the address is added with scope global',
      scope => scope === 'global' || scope === '0',
    ),
  ),
  label: option(
    notSupported(
      one(
        `a text of at most ${LONGEST_LABEL} bytes`,
        text => (new TextEncoder().encode(text).length <= LONGEST_LABEL ? text : undefined),
        { means: 'what ifconfig calls it' },
      ),
      'the address is added without a label',
    ),
  ),
  peer: option(
    notYet(
      address('an address', { means: 'the address at the other end of a point-to-point link' }),
      'the address would be added without a peer, and nothing would lead there',
    ),
  ),
  home: option(harmless(bare({ means: 'a home address of Mobile IPv6' }), ONLY_IPV6), 0),
  '-nodad': option(harmless(bare({ means: 'looks for duplicates before it is used' }), ONLY_IPV6), 0),
  mngtmpaddr: option(harmless(bare({ means: 'has temporary addresses made from it' }), ONLY_IPV6), 0),
  noprefixroute: option(
    notYet(
      bare({ means: 'adds no route to its network' }),
      'the kernel would add a route to the network, which may take traffic from another',
    ),
    0,
  ),
  autojoin: option(
    notSupported(bare({ means: 'joins the multicast group that it is' }), 'nothing is joined'),
    0,
  ),
  preferred_lft: option(
    notSupported(
      one(
        'forever, or a number of seconds',
        text =>
          text === 'forever' || (/^\d+$/.test(text) && Number(text) <= MOST_SECONDS) ? text : undefined,
        { means: 'how long it is chosen for new connections of this machine', default: 'forever' },
      ),
      'the address may be chosen for new connections of this machine at any time',
      time => time === 'forever',
    ),
  ),
} satisfies Options;

const UNTRACKED = bare({ means: 'the instance stays master when it is taken off' });

/** Options of an address that moves. */
export const VIRTUAL_ADDRESS = {
  ...COMMON,
  use_vmac: option(
    notYet(
      bare({ means: 'puts it on a virtual interface with a virtual MAC' }),
      'clients would see the MAC of the interface',
    ),
    0,
  ),
  no_track: option(notSupported(UNTRACKED, 'the instance stays master anyway, and puts the address back'), 0),
} satisfies Options;

/** Options of an address that is always there. */
export const STATIC_ADDRESS = {
  ...COMMON,
  dev: option(device({ means: 'the interface that it is put on' })),
  no_track: option(UNTRACKED, 0),
  track_group: option(
    placed(
      'the name of a track_group',
      { means: 'whose instances fail when it is taken off' },
      () => undefined,
    ),
  ),
} satisfies Options;

/** A line with an address, as it stands in the file. */
export interface AddressLine<O extends Options> {
  readonly prefix: PlacedPrefix;
  readonly options: Values<O>;
}

/** A block of addresses, as it stands in the file. */
export interface AddressBlock<O extends Options> {
  readonly lines: readonly AddressLine<O>[];
  /** How many lines could not be read, each of which has been reported. */
  readonly unread: number;
}

/** A keyword whose block has an address with its options on each line. */
export const addresses = <O extends Options>(options: O, row: Row): Keyword<AddressBlock<O>> =>
  block<AddressBlock<O>>('a block of addresses', { ...row, options }, (statement, body, report, before) => {
    reportBeforeBlock(statement, report);
    const read = body.flatMap(({ keyword, args }) => readLine(options, keyword, args, report) ?? []);
    return {
      lines: [...(before?.lines ?? []), ...read],
      unread: (before?.unread ?? 0) + body.length - read.length,
    };
  });

/** Does it ask for nothing? */
export const hasNoAddress = <O extends Options>({ lines }: AddressBlock<O>): boolean => lines.length === 0;

function readLine<O extends Options>(
  options: O,
  first: Word,
  rest: readonly Word[],
  report: Report,
): AddressLine<O> | undefined {
  const prefix = readPrefix(first, 'leaves the line out', report);
  const name = `the address ${first.text}`;
  const read = readOptions(options, rest, name, first.at, report, (word, hint) =>
    report.warn(
      word.at,
      `"${word.text}" is no option of an address; it is ignored, as in keepalived`,
      hint ?? strangerHint(word.text),
    ),
  );
  return prefix && { prefix, options: read };
}

/** What somebody may have meant who wrote a word that is no option. */
function strangerHint(text: string): string | undefined {
  if (text === 'netmask' || lengthOfMask(text) !== undefined) {
    return 'write the length of the network behind the address, as in 10.0.0.13/24';
  }
  if (parsePrefix(text) !== undefined) return 'write each address on a line of its own';
  return /^(e(th|n)|bond|br|vlan|team|wl)\w*[\d.]+$/.test(text) ? `write dev ${text}` : undefined;
}
