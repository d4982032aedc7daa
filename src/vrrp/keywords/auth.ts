import { readBlock, type Keyword, type Keywords, type Row, type Values } from '../../lib/keyword.js';
import { block, choice, integer, notYet, secondsFrom, secret } from '../../lib/keyword-kinds.js';
import { partsOf } from '../../lib/keyword-rows.js';

/** The keywords of `authentication`. */
const AUTHENTICATION = {
  auth_type: choice(['PASS', 'AH'], {
    means: 'PASS, a password in clear text, or AH, a digest',
    otherwise: 'none',
  }),
  auth_pass: secret('a password of up to 8 bytes', { means: 'the password; only its first 8 bytes count' }),
} satisfies Keywords;

/** `key ID VALUE`, many times. No message shows what stands behind the number. */
const hmacKey: Keyword<readonly { readonly id: number; readonly value: string }[]> = {
  effect: 'acted on',
  takes: 'a number from 0 to 255 and a key, in plain, with hex: or with file: before it',
  means: 'a key and its number; the value is a secret',
  read: ({ keyword: { text: name, at }, args: [id, value] }, report, before = []) => {
    if (id !== undefined && value !== undefined && /^\d{1,3}$/.test(id.text) && Number(id.text) <= 255) {
      return [...before, { id: Number(id.text), value: value.text }];
    }
    report.error(id?.at ?? at, `${name} takes a number from 0 to 255 and a key`);
    return before;
  },
};

const AUTH_HMAC = partsOf({
  key: hmacKey,
  active_key: integer(0, 255, { means: 'the number of the key that adverts are signed with' }),
  anti_replay: choice(['time', 'monotonic'], {
    means: 'how an old advert is told from a new one',
    default: 'time',
    otherwise: 'time',
  }),
  time_window: secondsFrom(1, 300, {
    means: 'seconds that clocks may differ by',
    otherwise: 'three times advert_int, and 5 at least,',
  }),
  mode: choice(['enforce', 'permissive', 'receive-only'], {
    means: 'what becomes of adverts without a signature',
    default: 'enforce',
    otherwise: 'enforce',
  }),
} satisfies Keywords);

const blockOf = <K extends Keywords>(within: K, takes: string, row: Row): Keyword<Values<K>> =>
  block<Values<K>>(takes, { ...row, within }, (statement, body, report, before) => {
    const { text, at } = statement.keyword;
    const read = readBlock(within, body, text, at, report);
    return { value: { ...before?.value, ...read.value }, at: { ...before?.at, ...read.at } };
  });

/** How the adverts of an instance are authenticated. */
export const AUTH = {
  authentication: blockOf(AUTHENTICATION, 'a block with auth_type and auth_pass', {
    means: 'how adverts are authenticated',
  }),
  auth_hmac: notYet(
    blockOf(AUTH_HMAC, 'a block', { means: 'signs adverts, and believes only signed ones' }),
    'adverts would not be signed, and those of the peers would be refused',
  ),
} satisfies Keywords;
