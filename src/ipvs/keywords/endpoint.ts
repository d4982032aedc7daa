import { formatIp, parseIp } from '../../lib/address.js';
import type { Statement, Word } from '../../lib/keyword.js';
import { placeholderHint } from '../../lib/keyword-kinds.js';
import type { Report } from '../../lib/problem.js';

/** An address in canonical form, with its port. */
export interface Endpoint {
  readonly address: string;
  /** Undefined when the file names none, or 0. */
  readonly port: number | undefined;
}

/** Packets with one mark of the firewall. */
export interface Mark {
  readonly mark: number;
}

/** All that a virtual_server_group names. */
export interface Group {
  readonly group: Word;
}

export const MOST_MARK = 4294967295;

/** Says that arguments cannot be read, and what becomes of their block. */
export type Refuse = (at: Word['at'], message: string, hint?: string) => void;

/** Reads `ADDRESS [PORT]` behind a keyword. */
export function readEndpoint(
  { keyword: { text: name, at }, args: [address, port, extra] }: Statement,
  report: Report,
  refuse: Refuse,
): Endpoint | undefined {
  if (address === undefined) {
    report.error(at, `${name} takes ADDRESS [PORT]`);
    return undefined;
  }
  const bytes = parseIp(address.text);
  if (bytes === undefined) {
    refuse(
      address.at,
      `${name} takes an IPv4 or IPv6 address, not "${address.text}"`,
      addressHint(address.text),
    );
    return undefined;
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port.text) && Number(port.text) <= 65535)) {
    refuse(port.at, `${name} takes a port from 1 to 65535, not "${port.text}"`, placeholderHint(port.text));
    return undefined;
  }
  if (extra !== undefined) {
    report.warn(extra.at, `${name} takes ADDRESS [PORT]; "${extra.text}" is ignored`);
  }
  const number = Number(port?.text ?? 0);
  return { address: formatIp(bytes), port: number === 0 ? undefined : number };
}

function addressHint(text: string): string | undefined {
  const [, host, mark, rest = ''] = /^(.*?)([:/])(\d+)$/.exec(text) ?? [];
  if (host !== undefined && parseIp(host) !== undefined) {
    return mark === ':' ? `write ${host} ${rest}` : `write ${host}, without a length`;
  }
  return placeholderHint(text);
}

/** Reads what a virtual server is: `ADDRESS [PORT]`, `fwmark NUMBER` or `group NAME`. */
export function readService(statement: Statement, report: Report): Endpoint | Mark | Group | undefined {
  const refuse: Refuse = (at, message, hint) => {
    report.warn(at, `${message}; the service is left out, as in keepalived`, hint);
  };
  const [first, second, extra] = statement.args;
  const { text: name } = statement.keyword;
  if (first === undefined || (first.text !== 'fwmark' && first.text !== 'group')) {
    return readEndpoint(statement, report, refuse);
  }
  if (second === undefined) {
    const what = first.text === 'group' ? 'the name of a virtual_server_group' : 'a mark';
    report.error(first.at, `${name} ${first.text} takes ${what}`);
    return undefined;
  }
  if (extra !== undefined) {
    report.warn(extra.at, `${name} ${first.text} takes one argument; "${extra.text}" is ignored`);
  }
  if (first.text === 'group') return { group: second };
  if (second.text === '0') {
    report.error(
      second.at,
      'there is no mark 0: for the kernel that is none, and keepalived makes another service of it',
      'write the mark that the firewall sets',
    );
    return undefined;
  }
  return readMark(second, `${name} fwmark`, refuse);
}

/** Reads a mark of the firewall. */
export function readMark({ text, at }: Word, name: string, refuse: Refuse): Mark | undefined {
  const mark = /^\d+$/.test(text) ? Number(text) : NaN;
  if (mark >= 1 && mark <= MOST_MARK) return { mark };
  refuse(at, `${name} takes a whole number from 1 to ${MOST_MARK}, not "${text}"`, placeholderHint(text));
  return undefined;
}
