import { readBlock, type Keyword, type Keywords, type Statement } from '../../lib/keyword.js';
import { bare, block, choice, flag, harmless, integer, notYet, one, word } from '../../lib/keyword-kinds.js';
import type { Report } from '../../lib/problem.js';
import type { HttpUrl } from '../check.js';
import { forTls, hostName, NB_GET_RETRY, PACKETS } from './common.js';

type StatusRanges = HttpUrl['statusCodes'];

const TAKES_CODES = 'status codes and ranges of them, such as 200 300-399, from 100 to 599';

const statusCodes: Keyword<StatusRanges> = {
  takes: TAKES_CODES,
  means: 'the answers that are good',
  default: '200-299',
  effect: 'acted on',
  read: (statement, report, before) => {
    if (statement.args.length === 0) {
      report.error(statement.keyword.at, `status_code takes ${TAKES_CODES}`);
    }
    const ranges = [...(before ?? [])];
    for (const { text, at } of statement.args) {
      const [, least, most = least] = /^(\d{3})(?:-(\d{3}))?$/.exec(text) ?? [];
      const range = [Number(least), Number(most)] as const;
      if (range[0] >= 100 && range[0] <= range[1] && range[1] <= 599) {
        ranges.push(range);
      } else {
        report.warn(
          at,
          `status_code takes ${TAKES_CODES}, not "${text}", which is left out, as in keepalived`,
        );
      }
    }
    return ranges.length === 0 ? undefined : ranges;
  },
};

const plainPath = one('a path, such as /health', text => (/^\P{Cc}+$/u.test(text) ? text : undefined), {
  means: 'what is asked for; a url without it is left out',
});

/** Spaces part what a request consists of (RFC 9112 §3); keepalived writes them as they are. */
const path: Keyword<string> = {
  ...plainPath,
  read: (statement, report) => {
    const text = plainPath.read(statement, report, undefined);
    const [word] = statement.args;
    if (text === undefined || word === undefined || !/\s/.test(text)) return text;
    report.warn(
      word.at,
      'there are spaces in this path, which keepalived sends as they are and few servers understand; here %20 is sent for each',
      'write %20',
    );
    return text.replace(/\s/g, '%20');
  },
};

const WHOLE_BODY = 'the body is not searched';

const regexOption = <T>(keyword: Keyword<T>): Keyword<T> =>
  harmless(keyword, 'it is for regex, which is refused');

const MOST_BYTES = 4294967295;

/** What PCRE2 can be told, as keepalived spells it. */
const REGEX_OPTIONS =
  'allow_empty_class alt_bsux auto_callout caseless dollar_endonly dotall dupnames extended firstline match_unset_backref multiline never_ucp never_utf no_auto_capture no_auto_possessify no_dotstar_anchor no_start_optimize ucp ungreedy utf never_backslash_c alt_circumflex alt_verbnames use_offset_limit extended_more literal endanchored'.split(
    ' ',
  );

const words = (takes: string, means: string): Keyword<readonly string[]> => ({
  takes,
  means,
  effect: 'acted on',
  read: ({ keyword: { text: name, at }, args }, report) => {
    if (args.length > 0) return args.map(arg => arg.text);
    report.error(at, `${name} takes ${takes}`);
    return undefined;
  },
});

/** The keywords of a url block. */
export const URL_BLOCK = {
  path,
  status_code: statusCodes,
  digest: one(
    'an MD5 in 32 hexadecimal digits (genhash prints it)',
    text => (/^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : undefined),
    { means: 'the MD5 that the body must have', otherwise: 'none' },
  ),
  virtualhost: hostName("the Host header: HTTP_GET's", "HTTP_GET's"),
  regex: notYet(word('a regular expression of PCRE2', { means: 'what the body must match' }), WHOLE_BODY),
  regex_no_match: notYet(bare({ means: 'the body must not match' }), WHOLE_BODY, on => !on),
  regex_options: regexOption({
    ...words('names of options of PCRE2', 'how regex is read'),
    words: REGEX_OPTIONS,
  }),
  regex_stack: regexOption(words('two numbers of bytes, to begin with and at most', 'memory of regex')),
  regex_min_offset: regexOption(
    integer(0, MOST_BYTES, { means: 'where in the body regex begins', otherwise: '0' }),
  ),
  regex_max_offset: regexOption(
    integer(0, MOST_BYTES, { means: 'where in the body regex ends', otherwise: 'its end' }),
  ),
} satisfies Keywords;

const TLS = {
  enable_sni: flag({ means: 'the name of the server is sent with the handshake', otherwise: 'off' }),
  sni_name: word('a name', { means: 'which name: virtualhost' }),
  tls_compliant: flag({ means: 'the end is announced, as TLS asks for', otherwise: 'off' }),
} satisfies Keywords;

/** The keywords of HTTP_GET. */
export const HTTP_GET = {
  ...PACKETS,
  nb_get_retry: NB_GET_RETRY,
  url: block<readonly HttpUrl[]>(
    'a block with path and what its answer must be',
    { means: 'one url to ask for; each must pass', within: URL_BLOCK },
    (statement, body, report, before = []) => [...before, ...readUrl(statement, body, report)],
  ),
  http_protocol: choice(['1.0', '1.0C', '1.1'], {
    means: 'version of the request; 1.0C is 1.0 with Connection: close',
    default: '1.0',
    otherwise: '1.0',
  }),
  virtualhost: hostName("the Host header: the real server's, else ADDRESS:PORT", "the real server's"),
  fast_recovery: harmless(
    flag({ means: 'no delay between the urls while the server is down', otherwise: 'off' }),
    'all urls are asked for without delay, always',
  ),
  enable_sni: forTls(TLS.enable_sni),
  sni_name: forTls(TLS.sni_name),
  tls_compliant: forTls(TLS.tls_compliant),
} satisfies Keywords;

/** The keywords of SSL_GET. */
export const SSL_GET = { ...HTTP_GET, ...TLS } satisfies Keywords;

/** keepalived leaves a url without path out. */
function readUrl(statement: Statement, body: readonly Statement[], report: Report): readonly HttpUrl[] {
  const at = statement.keyword.at;
  const values = readBlock(URL_BLOCK, body, 'url', at, report);
  const { path, virtualhost = null, status_code: statusCodes = [[200, 299]], digest = null } = values.value;
  if (path !== undefined) return [{ path, virtualhost, statusCodes, digest }];
  if (values.at.path === undefined) {
    report.warn(at, 'a url without path is left out, as in keepalived', 'write path / in it');
  }
  return [];
}
