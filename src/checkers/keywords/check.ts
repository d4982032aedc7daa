import { formatIp, parseIp } from '../../lib/address.js';
import {
  readBlock,
  type Keyword,
  type Keywords,
  type Row,
  type Statement,
  type Values,
} from '../../lib/keyword.js';
import { block, choice, flag, ignored, integer, one, refused, secondsFrom } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import type { HttpUrl } from '../check.js';

/** The longest time that keepalived can count: 32 bits of microseconds. */
const LONGEST_SECONDS = 4294;
const MOST_RETRIES = 4294967295;

/** Lengths are in milliseconds. */
export interface Timing {
  readonly connect_timeout?: number;
  readonly retry?: number;
  readonly delay_before_retry?: number;
  readonly delay_loop?: number;
  readonly warmup?: number;
}

/** @returns the keywords of a check's times, which a virtual server, a real server and a check all know. */
export const timing = (leastRetry: 0 | 1, from: string) =>
  ({
    connect_timeout: secondsFrom(0.001, LONGEST_SECONDS, {
      means: `how long a check may take, from its first packet to its last; ${from}, 5 s`,
    }),
    retry: integer(leastRetry, MOST_RETRIES, {
      means: `further tries after a failure before the server is down; ${from}, 1`,
    }),
    delay_before_retry: secondsFrom(0, LONGEST_SECONDS, {
      means: `wait before a further try; ${from}, 1 s, for HTTP_GET 3 s`,
    }),
    delay_loop: secondsFrom(0.001, LONGEST_SECONDS, {
      means: `from the end of a check to the start of the next; ${from}, 60 s`,
    }),
    warmup: secondsFrom(0, LONGEST_SECONDS, {
      means: `the first check starts within this time; ${from}, delay_loop`,
    }),
  }) satisfies Keywords;

/** `alpha` starts servers as down; only its being off is what holdfast does. */
export const alpha: Keyword<boolean> = {
  takes: 'on or off, or nothing, which means on',
  means: 'starts real servers as down until their first success',
  effect: 'acted on',
  read: (statement, report) => {
    const value = flag({ means: '' }).read(statement, report, undefined);
    if (value === true) {
      report.error(
        statement.keyword.at,
        'alpha is not supported yet',
        'without it real servers are up until their first check',
      );
    }
    return value;
  },
};

/** A keyword that takes an IP address of either family, and gives it in canonical form. */
export const address = (row: Row): Keyword<string> =>
  one(
    'an IPv4 or IPv6 address',
    text => {
      const bytes = parseIp(text);
      return bytes === undefined ? undefined : formatIp(bytes);
    },
    row,
  );

const COMMON = {
  ...timing(0, "the real server's"),
  connect_ip: address({ means: "address to check; the real server's" }),
  connect_port: integer(1, 65535, { means: "port to check; the real server's" }),
  bindto: address({ means: 'source address of the check; chosen by the kernel' }),
  alpha,
  bind_if: refused('an interface', 'chooses the interface that a check leaves by'),
  bind_port: refused('a port', 'chooses the source port of a check'),
  fwmark: refused('a number', 'marks the packets of a check for the routing rules'),
  log_all_failures: ignored('on or off', 'harmless', 'logs each failed try; here each change of a verdict'),
} satisfies Keywords;

const nbGetRetry = (warning: string): Keyword<number> =>
  integer(0, MOST_RETRIES, { means: 'an old name of retry', warning });

/** The keywords of TCP_CHECK. */
export const TCP_CHECK = {
  ...COMMON,
  nb_get_retry: nbGetRetry(
    'keepalived does not know nb_get_retry in TCP_CHECK and would retry once; here it works as retry',
  ),
} satisfies Keywords;

type StatusRanges = HttpUrl['statusCodes'];

const statusCodes: Keyword<StatusRanges> = {
  takes: 'status codes and ranges of them, such as 200 300-399, from 100 to 599',
  means: 'the answers that are good; 200-299',
  effect: 'acted on',
  read: (statement, report, before) => {
    if (statement.args.length === 0) {
      report.error(statement.keyword.at, `status_code takes ${statusCodes.takes}`);
    }
    const ranges = [...(before ?? [])];
    for (const { text, at } of statement.args) {
      const [, least, most = least] = /^(\d{3})(?:-(\d{3}))?$/.exec(text) ?? [];
      const range = [Number(least), Number(most)] as const;
      if (range[0] >= 100 && range[0] <= range[1] && range[1] <= 599) {
        ranges.push(range);
      } else {
        report.error(at, `status_code takes ${statusCodes.takes}, not "${text}"`);
      }
    }
    return ranges.length === 0 ? undefined : ranges;
  },
};

/** The keywords of a url block. */
export const URL_BLOCK = {
  path: one(
    'a path without spaces, such as /health',
    text => (/^[^\s\p{Cc}]+$/u.test(text) ? text : undefined),
    { means: 'what is asked for', required: true },
  ),
  status_code: statusCodes,
  digest: one(
    'an MD5 in 32 hexadecimal digits (genhash prints it)',
    text => (/^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : undefined),
    { means: 'the MD5 that the body must have; any body will do' },
  ),
  virtualhost: hostName("the Host header; HTTP_GET's"),
  regex: refused('a regular expression', 'is what the body must match'),
  regex_no_match: refused('nothing', 'turns regex round'),
  regex_options: ignored('flags', 'not supported', 'flags of regex'),
  regex_stack: ignored('two sizes', 'not supported', 'memory of regex'),
  regex_min_offset: ignored('bytes', 'not supported', 'where regex begins'),
  regex_max_offset: ignored('bytes', 'not supported', 'where regex ends'),
} satisfies Keywords;

/** The keywords of HTTP_GET. */
export const HTTP_GET = {
  ...COMMON,
  nb_get_retry: nbGetRetry('nb_get_retry is an old name; write retry'),
  url: block<readonly HttpUrl[]>(
    'a block with path and what its answer must be',
    { means: 'one url to ask for; each must pass', within: URL_BLOCK },
    (statement, body, report, before = []) => [...before, ...readUrl(statement, body, report)],
  ),
  http_protocol: choice(['1.0', '1.0C', '1.1'], {
    means: 'version of the request; 1.0C is 1.0 with Connection: close; 1.0',
  }),
  virtualhost: hostName("the Host header; the real server's, else ADDRESS:PORT"),
  fast_recovery: ignored(
    'on or off',
    'harmless',
    'asks for all urls without delay, which is done here always',
  ),
  enable_sni: ignored('nothing', 'harmless', 'is for SSL_GET'),
  sni_name: ignored('a name', 'harmless', 'is for SSL_GET'),
  tls_compliant: ignored('nothing', 'harmless', 'is for SSL_GET'),
} satisfies Keywords;

/** @returns a keyword that takes the value of a Host header. */
export function hostName(means: string): Keyword<string> {
  return one('a host name', text => (/^[\x21-\x7e]+$/.test(text) ? text : undefined), { means });
}

function readUrl(statement: Statement, body: readonly Statement[], report: Report): readonly HttpUrl[] {
  const { value } = readBlock(URL_BLOCK, body, 'url', statement.keyword.at, report);
  if (value.path === undefined) return [];
  return [
    {
      path: value.path,
      virtualhost: value.virtualhost ?? null,
      statusCodes: value.status_code ?? [[200, 299]],
      digest: value.digest ?? null,
    },
  ];
}

/** A check as it stands in the file, before what it leaves out is taken from around it. */
export type CheckDraft =
  | { readonly type: 'TCP_CHECK'; readonly at: Place; readonly values: Values<typeof TCP_CHECK> }
  | { readonly type: 'HTTP_GET'; readonly at: Place; readonly values: Values<typeof HTTP_GET> };

const NOT_YET = 'decides whether a real server is up';

/** The checks that a real server may have; `checks` gathers all of them in their order. */
export const CHECKS = {
  TCP_CHECK: block<readonly CheckDraft[]>(
    'a block',
    { means: 'a server that takes a connection is up', within: TCP_CHECK },
    (statement, body, report, before = []) => {
      const at = statement.keyword.at;
      return [
        ...before,
        { type: 'TCP_CHECK', at, values: readBlock(TCP_CHECK, body, 'TCP_CHECK', at, report) },
      ];
    },
  ),
  HTTP_GET: block<readonly CheckDraft[]>(
    'a block with at least one url',
    { means: 'a server that answers each url as it should is up', within: HTTP_GET },
    (statement, body, report, before = []) => {
      const at = statement.keyword.at;
      const values = readBlock(HTTP_GET, body, 'HTTP_GET', at, report);
      if (values.at.url === undefined) {
        report.error(at, 'url is missing in HTTP_GET', 'write url { path / }');
      }
      return [...before, { type: 'HTTP_GET', at, values }];
    },
  ),
  SSL_GET: refused('a block', NOT_YET),
  SMTP_CHECK: refused('a block', NOT_YET),
  DNS_CHECK: refused('a block', NOT_YET),
  MISC_CHECK: refused('a block', NOT_YET),
  BFD_CHECK: refused('a block', NOT_YET),
  PING_CHECK: refused('a block', NOT_YET),
  UDP_CHECK: refused('a block', NOT_YET),
  FILE_CHECK: refused('a block', NOT_YET),
} satisfies Keywords;

/** @returns the times that a block names; `retry` stands above its old name. */
export function timesOf(value: Timing & { readonly nb_get_retry?: number | undefined }): Timing {
  const retry = value.retry ?? value.nb_get_retry;
  return {
    ...(value.connect_timeout === undefined ? {} : { connect_timeout: value.connect_timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(value.delay_before_retry === undefined ? {} : { delay_before_retry: value.delay_before_retry }),
    ...(value.delay_loop === undefined ? {} : { delay_loop: value.delay_loop }),
    ...(value.warmup === undefined ? {} : { warmup: value.warmup }),
  };
}
