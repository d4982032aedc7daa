import { readBlock, type Keyword, type Keywords, type Values } from '../../lib/keyword.js';
import { notYet } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import { nbGetRetry, PACKETS, type Timing } from './common.js';
import { HTTP_GET, SSL_GET } from './http.js';
import { BFD_CHECK, DNS_CHECK, FILE_CHECK, MISC_CHECK, PING_CHECK, SMTP_CHECK, UDP_CHECK } from './others.js';

/** The keywords of TCP_CHECK. */
export const TCP_CHECK = {
  ...PACKETS,
  nb_get_retry: nbGetRetry('TCP_CHECK', 'retry once'),
} satisfies Keywords;

/** A check as it stands in the file, before what it leaves out is taken from around it. */
export interface Draft<T extends string, K extends Keywords> {
  readonly type: T;
  readonly at: Place;
  readonly values: Values<K>;
}

/** A keyword of a real server whose block is a check; there may be many of one kind. */
const check = <T extends string, K extends Keywords>(
  type: T,
  within: K,
  takes: string,
  means: string,
  lookAt: (values: Values<K>, at: Place, report: Report) => void = () => undefined,
): Keyword<readonly Draft<T, K>[]> => ({
  takes,
  means,
  within,
  block: true,
  effect: 'acted on',
  read: ({ keyword: { at }, block: body }, report, before = []) => {
    if (body === undefined) {
      report.warn(at, `${type} has no block; its defaults count, as in keepalived`, `write ${type} { }`);
    }
    const values = readBlock(within, body ?? [], type, at, report);
    lookAt(values, at, report);
    return [...before, { type, at, values }];
  },
});

/** keepalived 2.2 dies of an HTTP_GET without a url that it can use. */
const needsUrl =
  (type: string) =>
  ({ value: { url } }: Values<typeof HTTP_GET>, at: Place, report: Report): void => {
    if (url === undefined || url.length === 0) {
      report.error(at, `url is missing in ${type}`, 'write url { path / }');
    }
  };

/** Without the one keyword that matters keepalived passes over the whole check. */
const needs =
  <N extends string>(type: string, name: N, hint: string) =>
  ({ at: places }: { readonly at: { readonly [M in N]?: Place } }, at: Place, report: Report): void => {
    if (places[name] === undefined) {
      report.warn(at, `${type} without ${name} is left out in keepalived, so that nothing is checked`, hint);
    }
  };

const NOT_CHECKED = 'nobody would notice when the server fails';

/** The checks that a real server may have. */
export const CHECKS = {
  TCP_CHECK: check('TCP_CHECK', TCP_CHECK, 'a block', 'a server that takes a connection is up'),
  HTTP_GET: check(
    'HTTP_GET',
    HTTP_GET,
    'a block with at least one url',
    'a server that answers each url as it should is up',
    needsUrl('HTTP_GET'),
  ),
  SSL_GET: check(
    'SSL_GET',
    SSL_GET,
    'a block with at least one url',
    'as HTTP_GET, over TLS; certificates are not looked at',
    needsUrl('SSL_GET'),
  ),
  SMTP_CHECK: check('SMTP_CHECK', SMTP_CHECK, 'a block', 'a server that greets as a mail server is up'),
  DNS_CHECK: check(
    'DNS_CHECK',
    DNS_CHECK,
    'a block',
    'a server that answers a question about a domain is up',
  ),
  MISC_CHECK: check(
    'MISC_CHECK',
    MISC_CHECK,
    'a block with misc_path',
    'a server that a program finds well is up',
    needs('MISC_CHECK', 'misc_path', 'write misc_path "/path/of/the/program its arguments"'),
  ),
  BFD_CHECK: notYet(
    check(
      'BFD_CHECK',
      BFD_CHECK,
      'a block with name',
      'a server whose BFD session is up is up',
      needs('BFD_CHECK', 'name', 'write name and the name of a bfd_instance'),
    ),
    NOT_CHECKED,
  ),
  PING_CHECK: check('PING_CHECK', PING_CHECK, 'a block', 'a server that answers an ICMP echo is up'),
  UDP_CHECK: check('UDP_CHECK', UDP_CHECK, 'a block', 'a server whose host does not refuse a datagram is up'),
  FILE_CHECK: notYet(
    check(
      'FILE_CHECK',
      FILE_CHECK,
      'a block with track_file',
      'a file says how the server is',
      needs('FILE_CHECK', 'track_file', 'write track_file and the name of one'),
    ),
    NOT_CHECKED,
  ),
} satisfies Keywords;

/** A check that can be run. */
export type CheckDraft =
  | Draft<'TCP_CHECK', typeof TCP_CHECK>
  | Draft<'HTTP_GET', typeof HTTP_GET>
  | Draft<'SSL_GET', typeof SSL_GET>
  | Draft<'SMTP_CHECK', typeof SMTP_CHECK>
  | Draft<'DNS_CHECK', typeof DNS_CHECK>
  | Draft<'UDP_CHECK', typeof UDP_CHECK>
  | Draft<'PING_CHECK', typeof PING_CHECK>
  | Draft<'MISC_CHECK', typeof MISC_CHECK>;

/** @returns the times that a block names; `retry` stands above what others write for it. */
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
