import { formatIp, parseIp } from './address.js';
import type { Keyword, Row } from './keyword.js';
import { one } from './keyword-kinds.js';

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
