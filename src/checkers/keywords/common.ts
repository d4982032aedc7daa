import type { Keyword, Keywords, Row } from '../../lib/keyword.js';
import { address } from '../../lib/keyword-address.js';
import {
  bare,
  flag,
  harmless,
  integer,
  notSupported,
  notYet,
  one,
  secondsFrom,
} from '../../lib/keyword-kinds.js';

/** What keepalived can count: a microsecond at least, 32 bits of them for a timeout and 64 for other times. */
const LEAST_SECONDS = 0.000001;
const LONGEST_TIMEOUT = 4294.967295;
const LONGEST_SECONDS = 18446744073709;
const MOST_RETRIES = 4294967295;
const MOST_MARK = 4294967295;

/** Lengths are in milliseconds. */
export interface Timing {
  readonly connect_timeout?: number;
  readonly retry?: number;
  readonly delay_before_retry?: number;
  readonly delay_loop?: number;
  readonly warmup?: number;
}

/** The blocks that know the times of checks; each gives them to those within it. */
type Level = 'virtual_server' | 'real_server' | 'check';

const AROUND = { real_server: "the virtual server's", check: "the real server's" } as const;

/** What counts where a block says nothing: the end of the line of blocks knows, the others ask around. */
const inherited = (level: Level, outermost: string): string =>
  level === 'virtual_server' ? outermost : AROUND[level];

/** How often a server is asked: what every check knows. */
const pace = (level: Level) =>
  ({
    retry: integer(level === 'check' ? 0 : 1, MOST_RETRIES, {
      means: `further tries after a failure before the server is down: ${inherited(level, '1; 3 for DNS_CHECK, 0 for MISC_CHECK')}`,
      otherwise: inherited(level, '1'),
    }),
    delay_before_retry: secondsFrom(0, LONGEST_SECONDS, {
      means: `seconds before a further try: ${inherited(level, '1; 3 for HTTP_GET and SSL_GET, delay_loop for DNS_CHECK')}`,
      otherwise: inherited(level, 'the default'),
    }),
    delay_loop: secondsFrom(LEAST_SECONDS, LONGEST_SECONDS, {
      means: 'seconds from the end of a check to the start of the next',
      otherwise: inherited(level, '60'),
      ...(level === 'virtual_server' ? { default: '60' } : {}),
    }),
    warmup: secondsFrom(0, LONGEST_SECONDS, {
      means: `the first check starts within so many seconds: ${inherited(level, 'as delay_loop')}`,
      otherwise: inherited(level, 'delay_loop'),
    }),
  }) satisfies Keywords;

/** @returns the keywords of a check's times, which a virtual server, a real server and most checks know. */
export const timing = (level: Level) =>
  ({
    connect_timeout: secondsFrom(LEAST_SECONDS, LONGEST_TIMEOUT, {
      means: 'seconds that a check may take, from its first packet to its last',
      otherwise: inherited(level, '5'),
      ...(level === 'virtual_server' ? { default: '5' } : {}),
    }),
    ...pace(level),
  }) satisfies Keywords;

/** `alpha` starts servers as down. */
export const alpha = (level: Level): Keyword<boolean> => {
  const row: Row = {
    means: 'real servers are down until their first success',
    otherwise: inherited(level, 'off'),
  };
  return level === 'virtual_server' ? bare(row) : flag(row);
};

const logAllFailures = notSupported(
  flag({ means: 'each failed try is logged', otherwise: 'off' }),
  'each change of a verdict is logged, not each failed try',
  on => !on,
);

/** The keywords of a check that starts a program, and the last ones of any other. */
export const PACE = {
  ...pace('check'),
  alpha: alpha('check'),
  log_all_failures: logAllFailures,
} satisfies Keywords;

/** The keywords of a check that sends packets. */
export const PACKETS = {
  connect_ip: address({
    means: "address to check: the real server's",
    otherwise: "the real server's",
  }),
  connect_port: integer(1, 65535, {
    means: "port to check: the real server's",
    otherwise: "the real server's",
  }),
  bindto: address({ means: 'source address of the check', otherwise: 'what the kernel chooses' }),
  bind_if: notYet(
    one('an interface', text => text, { means: 'interface that the check leaves by' }),
    'the kernel chooses the interface',
  ),
  bind_port: notYet(
    integer(1, 65535, { means: 'source port of the check', otherwise: 'what the kernel chooses' }),
    'the kernel chooses the source port',
  ),
  fwmark: notYet(
    integer(0, MOST_MARK, { means: 'mark of the packets for the routing rules', otherwise: '0' }),
    'packets have no mark',
    mark => mark === 0,
  ),
  ...timing('check'),
  ...PACE,
} satisfies Keywords;

/** What many write for retry, where keepalived does not know it. */
export const nbGetRetry = (check: string, tries: string): Keyword<number> =>
  integer(0, MOST_RETRIES, {
    means: 'what many write for retry',
    otherwise: 'nothing',
    warning: `keepalived does not know nb_get_retry in ${check} and would ${tries}; here it works as retry`,
  });

/** The old name of retry. */
export const NB_GET_RETRY = integer(0, MOST_RETRIES, {
  means: 'an old name of retry',
  otherwise: 'nothing',
  warning: 'nb_get_retry is an old name; write retry',
});

/** @returns a keyword that takes the value of a Host header. */
export const hostName = (means: string, otherwise: string): Keyword<string> =>
  one('a host name', text => (/^[\x21-\x7e]+$/.test(text) ? text : undefined), {
    means,
    otherwise,
    mayBeEmpty: true,
  });

/** A keyword of a check that only matters to TLS. */
export const forTls = <T>(keyword: Keyword<T>): Keyword<T> => harmless(keyword, 'it is for SSL_GET');
