import { beside, type Keyword, type Keywords, type Row } from '../../lib/keyword.js';
import { flag, integer, notSupported, one } from '../../lib/keyword-kinds.js';

/** The longest times that keepalived takes, seconds: its timers count microseconds in 32 bits, some seconds. */
const LONGEST_DELAY = 4294;
const LONGEST_REFRESH = 4294967295;
const LONGEST_EXTRA = 86400;
/** More would be a flood. keepalived has no limit. */
const MOST_REPEATS = 1000;

/** A keyword that takes whole seconds; the value is in milliseconds. */
export const wholeSeconds = (least: number, most: number, row: Row): Keyword<number> =>
  one(
    `whole seconds from ${least} to ${most}`,
    text => {
      const value = /^\d+$/.test(text) ? Number(text) : NaN;
      return value >= least && value <= most ? value * 1000 : undefined;
    },
    row,
  );

/** A number of announcements, of which there is at least one. */
function repeats(row: Row): Keyword<number> {
  const number = integer(0, MOST_REPEATS, row);
  return {
    ...number,
    takes: `a whole number from 1 to ${MOST_REPEATS}`,
    read: (statement, report, before) => {
      const value = number.read(statement, report, before);
      if (value !== 0) return value;
      const { text, at } = statement.args[0] ?? statement.keyword;
      report.warn(at, `${statement.keyword.text} ${text} counts as 1, as in keepalived`);
      return 1;
    },
  };
}

/** What is announced besides the interface of the instance. */
export interface ExtraAnnouncements {
  /** On every interface, not only on virtual ones. */
  readonly all: boolean;
  readonly everyMs: number;
}

const extra = (least: number, row: Row): Keyword<ExtraAnnouncements> => {
  const takes = `seconds from ${least} to ${LONGEST_EXTRA}, with all before them or not`;
  const seconds = wholeSeconds(least, LONGEST_EXTRA, row);
  return {
    effect: 'acted on',
    ...row,
    takes,
    read: (statement, report) => {
      const all = statement.args[0]?.text === 'all';
      const args = all ? statement.args.slice(1) : statement.args;
      const everyMs = seconds.read({ ...statement, args }, report, undefined);
      return everyMs === undefined ? undefined : { all, everyMs };
    },
  };
};

type Prefixed<P extends string, K> = { readonly [N in keyof K & string as `${P}${N}`]: K[N] };

/** @returns the same table with longer names */
const prefixed = <P extends string, K extends Keywords>(prefix: P, keywords: K): Prefixed<P, K> =>
  Object.fromEntries(Object.entries(keywords).map(([name, k]) => [prefix + name, k])) as Prefixed<P, K>;

/** @param of what counts where one is left out or cannot be read; for instances that is what global_defs says */
const announcing = (of: (value: string) => Omit<Row, 'means'>) => ({
  garp_master_delay: wholeSeconds(0, LONGEST_DELAY, {
    means: 'seconds until the second block of gratuitous ARP, 0 for none',
    ...of('5'),
  }),
  garp_master_repeat: repeats({ means: 'gratuitous ARPs for each address in a block', ...of('5') }),
  garp_master_refresh: wholeSeconds(0, LONGEST_REFRESH, {
    means: 'seconds between gratuitous ARPs while master, 0 for none',
    ...of('0'),
  }),
  garp_master_refresh_repeat: repeats({ means: 'gratuitous ARPs for each refresh', ...of('1') }),
  garp_lower_prio_delay: notSupported(
    wholeSeconds(0, LONGEST_DELAY, {
      means: 'as garp_master_delay, after the advert of a lesser master',
      otherwise: 'garp_master_delay',
    }),
    'after the advert of a lesser master the addresses are announced as after taking over',
  ),
  garp_lower_prio_repeat: notSupported(
    integer(0, MOST_REPEATS, {
      means: 'as garp_master_repeat, after the advert of a lesser master; 0 for none',
      otherwise: 'garp_master_repeat',
    }),
    'after the advert of a lesser master the addresses are announced as after taking over',
  ),
});

const EXTRA_MEANS = 'seconds between gratuitous ARPs on other interfaces, only virtual ones without all';
const EXTRA_HERE = 'the addresses are announced with the others, as garp_master_refresh says';

/** How addresses are announced, in `global_defs`. */
export const ANNOUNCE_GLOBAL = {
  ...prefixed(
    'vrrp_',
    announcing(value => ({ default: value, otherwise: value, unless: beside('vrrp_min_garp') })),
  ),
  vrrp_garp_extra_if: notSupported(
    extra(1, { means: EXTRA_MEANS, otherwise: 'none', mayBeEmpty: true }),
    EXTRA_HERE,
  ),
  vrrp_min_garp: flag({
    means: 'one gratuitous ARP for each address in place of two blocks of five; what else is said counts',
    default: 'off',
    otherwise: 'off',
  }),
} satisfies Keywords;

/** How addresses are announced, in `vrrp_instance`. */
export const ANNOUNCE_INSTANCE = {
  ...announcing(() => ({ otherwise: 'what global_defs says' })),
  garp_extra_if: notSupported(
    extra(0, {
      means: `${EXTRA_MEANS}; 0 for none`,
      otherwise: 'what global_defs says',
      mayBeEmpty: true,
    }),
    EXTRA_HERE,
    ({ everyMs }) => everyMs === 0,
  ),
} satisfies Keywords;
