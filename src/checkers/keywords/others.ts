import type { Keyword, Keywords, Row, Word } from '../../lib/keyword.js';
import { bare, block, integer, notYet, one, word } from '../../lib/keyword-kinds.js';
import { account } from '../../lib/keyword-account.js';
import { partsOf } from '../../lib/keyword-rows.js';
import { lookAtCommand } from '../../lib/keyword-script.js';
import { weight } from '../../lib/keyword-weight.js';
import { readBlock, type Values } from '../../lib/keyword.js';
import { alpha, nbGetRetry, PACE, PACKETS } from './common.js';

const HOST = { ...PACKETS } satisfies Keywords;

/** What keepalived calls itself, whatever smtp_helo_name says. */
export const DEFAULT_HELO = 'smtpchecker.keepalived.org';

/** The keywords of SMTP_CHECK. */
export const SMTP_CHECK = {
  ...PACKETS,
  nb_get_retry: nbGetRetry('SMTP_CHECK', 'retry once'),
  helo_name: one('a name', text => (/^\P{Cc}+$/u.test(text) ? text : undefined), {
    means: 'how the server is greeted',
    default: DEFAULT_HELO,
  }),
  host: block<readonly Values<typeof HOST>[]>(
    'a block',
    { means: 'an old way to say whom to connect to', within: HOST },
    (statement, body, report, before = []) => [
      ...before,
      readBlock(HOST, body, 'host', statement.keyword.at, report),
    ],
  ),
} satisfies Keywords;

const DNS_TYPES = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA'] as const;

/** RFC 1035 §2.3.4: 63 bytes for a label, and 255 for all, each with its length. */
function domain(text: string): string | undefined {
  if (text === '.') return text;
  const labels = text.split('.');
  const lengths = labels.map(label => new TextEncoder().encode(label).length);
  const whole = lengths.reduce((sum, length) => sum + length + 1, 1);
  return lengths.every(length => length >= 1 && length <= 63) && whole <= 255 ? text : undefined;
}

/** The keywords of DNS_CHECK. */
export const DNS_CHECK = {
  ...PACKETS,
  nb_get_retry: nbGetRetry('DNS_CHECK', 'retry three times'),
  type: {
    ...one(`one of ${DNS_TYPES.join(', ')}`, text => DNS_TYPES.find(type => type === text.toUpperCase()), {
      means: 'what is asked for',
      default: 'SOA',
      otherwise: 'SOA',
    }),
    words: DNS_TYPES,
  },
  name: one('a domain name', domain, {
    means: 'what it is asked of',
    default: '.',
    otherwise: '.',
  }),
} satisfies Keywords;

/** A program with its arguments, as one text. keepalived takes the first word behind the keyword and no more. */
const command = (row: Row): Keyword<Word> => ({
  effect: 'acted on',
  ...row,
  takes: 'a program with its arguments in quotes',
  read: ({ keyword: { text: name, at }, args: [first, second] }, report) => {
    if (first === undefined || first.text.trim() === '') {
      report.error(at, `${name} takes a program`, 'write its whole path');
      return undefined;
    }
    if (second !== undefined) {
      report.warn(
        second.at,
        `keepalived leaves out what follows an unquoted program; "${second.text}" never reaches it`,
        'put the program and its arguments in quotes, as one',
      );
    }
    lookAtCommand(first, report);
    return first;
  },
});

const LONGEST_SCRIPT = 4294;

/** The keywords of MISC_CHECK. */
export const MISC_CHECK = {
  ...PACE,
  nb_get_retry: nbGetRetry('MISC_CHECK', 'not retry at all'),
  misc_path: command({ means: 'the program: it ends with 0 when the server is well' }),
  misc_timeout: integer(0, LONGEST_SCRIPT, {
    means: 'seconds after which the program is killed: delay_loop',
    otherwise: 'delay_loop',
  }),
  misc_dynamic: notYet(
    bare({ means: 'the status of the program sets the weight: 2 to 255 mean 0 to 253' }),
    'the weight stays as the file has it',
    on => !on,
  ),
  user: account({ means: 'whom the program runs as: script_user' }),
} satisfies Keywords;

/** The keywords of BFD_CHECK. */
export const BFD_CHECK = partsOf({
  name: word('the name of a bfd_instance', { means: 'whose session says how the server is' }),
  alpha: alpha('check'),
});

/** The keywords of PING_CHECK. */
export const PING_CHECK = {
  ...PACKETS,
  nb_get_retry: nbGetRetry('PING_CHECK', 'retry once'),
} satisfies Keywords;

const MOST_REPLY = 65535;

const hex = (takes: string, digits: RegExp, row: Row): Keyword<string> =>
  one(takes, text => (digits.test(text) ? text : undefined), row);

const reply = hex(
  'nothing, or hexadecimal digits, two for each byte, with X for any digit',
  /^([0-9a-fX]{2})+$/i,
  { means: 'the server must answer, and so if bytes are written', otherwise: 'any answer' },
);

/** The keywords of UDP_CHECK. */
export const UDP_CHECK = {
  ...PACKETS,
  nb_get_retry: nbGetRetry('UDP_CHECK', 'retry once'),
  payload: hex('hexadecimal digits, two for each byte', /^([0-9a-f]{2})+$/i, {
    means: 'what is sent: random bytes',
    otherwise: 'what is random',
  }),
  require_reply: {
    ...reply,
    read: (statement, report, before) =>
      statement.args.length === 0 ? '' : reply.read(statement, report, before),
  } satisfies Keyword<string>,
  min_reply_length: integer(0, MOST_REPLY, {
    means: 'bytes that an answer has at least',
    default: '0',
    otherwise: '0',
  }),
  max_reply_length: integer(0, MOST_REPLY, {
    means: 'bytes that an answer has at most',
    default: '255',
    otherwise: '255',
  }),
} satisfies Keywords;

const MOST_FACTOR = 2147483647;

/** The keywords of FILE_CHECK. */
export const FILE_CHECK = partsOf({
  track_file: word('the name of a track_file', { means: 'whose number says how the server is' }),
  weight: weight(MOST_FACTOR, {
    means: "factor of that number: the track_file's",
    otherwise: "the track_file's",
  }),
});
