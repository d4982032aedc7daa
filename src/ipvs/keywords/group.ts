import { formatIp, parseIp, type IpBytes } from '../../lib/address.js';
import type { Keyword, Word } from '../../lib/keyword.js';
import { arg, block } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import { readMark, type Mark } from './endpoint.js';

/** Addresses from `first` to `last`, in canonical form, with one port. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
  /** 0 for all ports. */
  readonly port: number;
}

/** A mark of the firewall, and of which family its packets are where that is said. */
export interface FamilyMark extends Mark {
  readonly family: 'inet' | 'inet6' | undefined;
}

/** A virtual_server_group as it stands in the file. */
export interface GroupDraft {
  readonly name: string;
  readonly at: Place;
  readonly members: readonly (AddressRange | FamilyMark)[];
}

const TAKES =
  'a name, and a block with ADDRESS [PORT], FIRST-LAST [PORT], NETWORK/LENGTH [PORT] or fwmark NUMBER [inet|inet6] in each line';

/** The keyword of the top level that names several addresses at once. */
export const virtualServerGroup: Keyword<readonly GroupDraft[]> = block<readonly GroupDraft[]>(
  TAKES,
  { means: 'several addresses or marks that are served alike' },
  (statement, body, report, before = []) => {
    const name = arg(statement, 0, TAKES, report);
    if (!name.ok) return before;
    const { text, at } = name.value;
    const members = body.flatMap(({ keyword, args }) => {
      const member = readMember([keyword, ...args], report);
      return member === undefined ? [] : [member];
    });
    lookAt(members, text, at, report);
    const first = before.find(other => other.name === text);
    if (first === undefined) return [...before, { name: text, at, members }];
    report.warn(
      at,
      `virtual_server_group ${text} is there a second time; keepalived uses the first`,
      `the first is in line ${first.at.line}`,
    );
    return before;
  },
);

const FAMILIES = ['inet', 'inet6'] as const;

/** What keepalived makes of the whole of a group. */
function lookAt(members: GroupDraft['members'], name: string, at: Place, report: Report): void {
  if (members.length === 0) {
    report.warn(at, `virtual_server_group ${name} has no members; keepalived leaves it out`);
  }
  if (isMixed(members)) {
    report.warn(
      at,
      `virtual_server_group ${name} has addresses of both families, and marks without one; keepalived leaves it out`,
      'write inet or inet6 behind each mark',
    );
  }
}

/** @returns whether there are addresses of both families, and marks that could be of either */
export function isMixed(members: GroupDraft['members']): boolean {
  const families = new Set(
    members.map(m => {
      if (!('mark' in m)) return m.first.includes(':') ? 'inet6' : 'inet';
      return m.family ?? 'any';
    }),
  );
  return families.size > 2;
}

function readMember(
  [first, second, extra]: readonly Word[],
  report: Report,
): AddressRange | FamilyMark | undefined {
  if (first === undefined) return undefined;
  const skip = (at: Place, message: string, hint?: string): void => {
    report.warn(at, `${message}; the line is left out, as in keepalived`, hint);
  };
  if (first.text === 'fwmark') {
    if (second === undefined) {
      skip(first.at, 'fwmark takes a number');
      return undefined;
    }
    const mark = readMark(second, 'fwmark', skip);
    const family = FAMILIES.find(f => f === extra?.text);
    if (extra === undefined || family !== undefined) return mark && { ...mark, family };
    skip(extra.at, `"${extra.text}" is no family: inet or inet6`);
    return undefined;
  }
  const range = readRange(first.text);
  if (typeof range === 'string') {
    skip(first.at, range);
    return undefined;
  }
  const port = second === undefined ? 0 : /^\d{1,5}$/.test(second.text) ? Number(second.text) : NaN;
  if (!(port <= 65535)) {
    skip(second?.at ?? first.at, `a port is a number up to 65535, not "${second?.text ?? ''}"`);
    return undefined;
  }
  if (extra !== undefined) report.warn(extra.at, `"${extra.text}" behind the port is ignored`);
  return { first: formatIp(range[0]), last: formatIp(range[1]), port };
}

/** Reads `ADDRESS`, `10.0.0.1-9`, `10.0.0.1-10.0.0.9`, `fd00::1-f` or `10.0.0.0/28`. @returns what is wrong as a text */
function readRange(text: string): readonly [IpBytes, IpBytes] | string {
  const [, host = '', mark = '', rest = ''] = /^([^-/]*)([-/]?)(.*)$/.exec(text) ?? [];
  const first = parseIp(host);
  if (first === undefined) return `"${text}" is no address`;
  const last = mark === '' ? first : mark === '/' ? lastOfNetwork(first, rest) : lastOfRange(first, rest);
  if (last === undefined) return `"${text}" is no range of addresses`;
  for (const [i, byte] of last.entries()) {
    if (byte > (first[i] ?? 0)) return [first, last];
    if (byte < (first[i] ?? 0)) return `"${text}" ends before it begins`;
  }
  return [first, last];
}

/** The end of a range: an address of the same family, or what takes the place of the last part of the first. */
function lastOfRange(first: IpBytes, end: string): IpBytes | undefined {
  const whole = parseIp(end);
  if (whole !== undefined) return whole.length === first.length ? whole : undefined;
  const last = Uint8Array.from(first);
  if (first.length === 4) {
    if (!/^\d{1,3}$/.test(end) || Number(end) > 255) return undefined;
    last[3] = Number(end);
  } else {
    if (!/^[0-9a-f]{1,4}$/i.test(end)) return undefined;
    last[14] = parseInt(end, 16) >> 8;
    last[15] = parseInt(end, 16) & 0xff;
  }
  return last;
}

function lastOfNetwork(first: IpBytes, length: string): IpBytes | undefined {
  if (!/^\d{1,3}$/.test(length) || Number(length) > first.length * 8) return undefined;
  const bits = Number(length);
  return first.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, bits - 8 * i))));
}
