import {
  familyOf,
  formatIp,
  parseIp,
  parsePrefix,
  type Family,
  type IpBytes,
  type Prefix,
} from '../../lib/address.js';
import type { Keyword, Row, Word } from '../../lib/keyword.js';
import { block, lacks, placeholderHint, refuse, reportBeforeBlock } from '../../lib/keyword-kinds.js';
import { option } from '../../lib/keyword-line.js';
import type { Place, Report } from '../../lib/problem.js';

/** The kernel's own limit (IFNAMSIZ without the final NUL). */
const LONGEST_DEVICE = 15;

/** A keyword that takes one word, which is kept with its place for messages that need the rest of the file. */
export const placed = (
  takes: string,
  row: Row,
  wrongWith: (text: string) => { readonly message: string; readonly hint?: string | undefined } | undefined,
): Keyword<Word> => ({
  effect: 'acted on',
  ...row,
  takes,
  read: (statement, report) => {
    const {
      keyword: { text: name },
      args: [word, extra],
    } = statement;
    if (word === undefined) {
      lacks(row, statement, takes, report);
      return undefined;
    }
    if (extra !== undefined) {
      report.warn(extra.at, `${name} takes one argument; "${extra.text}" is ignored`);
    }
    const wrong = wrongWith(word.text);
    if (wrong === undefined) return word;
    report.error(word.at, wrong.message, wrong.hint);
    return undefined;
  },
});

/** A keyword that takes the name of an interface, which the kernel must be able to have. */
export const device = (row: Row): Keyword<Word> => placed('the name of an interface', row, wrongDevice);

/** @returns what is wrong with the name of an interface, if anything is */
export function wrongDevice(text: string): { readonly message: string; readonly hint?: string } | undefined {
  if (/[<>{}[\]$%]/.test(text)) {
    return {
      message: `"${text}" is the placeholder of a template, not an interface`,
      hint: 'write the name that ip link shows',
    };
  }
  if (text.includes(':')) {
    return {
      message: `"${text}" is no interface`,
      hint: `write ${text.split(':')[0] ?? ''}; an alias is written as a label behind its address`,
    };
  }
  if (text === '' || /[/\s]/.test(text)) return { message: `"${text}" is no interface` };
  if (new TextEncoder().encode(text).length <= LONGEST_DEVICE) return undefined;
  return {
    message: `"${text}" is longer than the ${LONGEST_DEVICE} bytes that an interface's name can have`,
  };
}

/** An address of its own, in its canonical form. */
export interface PlacedAddress {
  readonly text: string;
  readonly bytes: IpBytes;
  readonly at: Place;
}

/** @returns the address, if the word is one */
export function readAddress({ text, at }: Word): PlacedAddress | undefined {
  const bytes = parseIp(text);
  return bytes && { text: formatIp(bytes), bytes, at };
}

/** A keyword that takes one address, of one family where one is named. @param fits what else it must be */
export const address = (
  takes: string,
  row: Row,
  family?: Family,
  fits: (bytes: IpBytes) => boolean = () => true,
): Keyword<PlacedAddress> => ({
  effect: 'acted on',
  ...row,
  takes,
  read: (statement, report) => {
    const { keyword, args } = statement;
    const [word, extra] = args;
    if (word === undefined) {
      lacks(row, statement, takes, report);
      return undefined;
    }
    if (extra !== undefined) {
      report.warn(extra.at, `${keyword.text} takes one argument; "${extra.text}" is ignored`);
    }
    const found = readAddress(word);
    const isOne = found !== undefined && (family === undefined || familyOf(found.bytes) === family);
    if (isOne && fits(found.bytes)) return found;
    const wrong = `${keyword.text} takes ${takes}, not "${word.text}"`;
    refuse(row, word.at, wrong, report, placeholderHint(word.text));
    return undefined;
  },
});

/** An address with the length of its network, which is that of the whole address where none is written. */
export interface PlacedPrefix extends Prefix {
  readonly family: Family;
  readonly at: Place;
}

/** Reads `ADDRESS[/LENGTH]`. @param then what keepalived does with one that is none, as a sentence's end */
export function readPrefix({ text, at }: Word, then: string, report: Report): PlacedPrefix | undefined {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) {
    const { address: canonical, prefixLength, bytes } = prefix;
    return { address: canonical, prefixLength, family: familyOf(bytes), at };
  }
  const [host = '', length = ''] = text.split('/');
  const bytes = parseIp(host);
  if (bytes === undefined) {
    report.error(at, `"${text}" is no address; keepalived ${then}`, addressHint(text));
    return undefined;
  }
  const hint = `write the length of its network as a number, as in ${host}/${lengthOfMask(length) ?? 24}`;
  if (length === '') {
    report.error(at, `"${text}" has no length; keepalived makes it ${host}/0`, hint);
    return undefined;
  }
  const prefixLength = bytes.length * 8;
  report.warn(
    at,
    `"${length}" is no length of a network; as in keepalived, ${host}/${prefixLength} counts then`,
    hint,
  );
  return { address: formatIp(bytes), prefixLength, family: familyOf(bytes), at };
}

function addressHint(text: string): string {
  const placeholder = placeholderHint(text);
  if (placeholder !== undefined) return placeholder;
  return text.includes('%')
    ? 'write the address alone, and its interface behind dev'
    : 'write it as 10.0.0.13/24';
}

/** @returns how many bits a netmask such as 255.255.255.0 has, if it is one */
export function lengthOfMask(text: string): number | undefined {
  const bytes = text.includes('.') ? parseIp(text) : undefined;
  const bits = bytes === undefined ? '' : [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return /^1+0*$/.test(bits) ? `${bits}0`.indexOf('0') : undefined;
}

/** A keyword whose block is a list of names, as many on a line as you like; a name counts once. */
export const names = (takes: string, row: Row): Keyword<readonly Word[]> =>
  block<readonly Word[]>(takes, row, (statement, body, report, before = []) => {
    reportBeforeBlock(statement, report);
    const all = [...before, ...body.flatMap(({ keyword, args }) => [keyword, ...args])];
    return withoutTwice(all, word => word, report);
  });

/** Leaves out names that were there before, and says it of each. @param nameOf where the name of one stands */
export function withoutTwice<T>(all: readonly T[], nameOf: (one: T) => Word, report: Report): readonly T[] {
  const seen = new Map<string, Place>();
  return all.filter(one => {
    const { text, at } = nameOf(one);
    const first = seen.get(text);
    if (first === undefined) {
      seen.set(text, at);
    } else if (first !== at) {
      report.warn(
        at,
        `${text} is there a second time; the first counts`,
        `the first is in line ${first.line}`,
      );
    }
    return first === undefined;
  });
}

/** A keyword that takes a few words. */
export function words(least: number, most: number, takes: string, row: Row): Keyword<readonly string[]> {
  return {
    effect: 'acted on',
    ...row,
    takes,
    read: (statement, report) => {
      const { keyword, args } = statement;
      const extra = args[most];
      if (extra !== undefined) {
        report.warn(extra.at, `${keyword.text} takes ${takes}; "${extra.text}" is ignored`);
      }
      if (args.length >= least) return args.slice(0, most).map(word => word.text);
      lacks(row, statement, takes, report);
      return undefined;
    },
  };
}

/**
 * For `moot`, of a keyword that is not supported: whether it asks for anything depends on what else is in the file,
 * and is said when all of it has been read (vrrp/config).
 */
export const decidedByTheRest = (): boolean => true;

/** Behind an address, a route or a rule that is always there. */
export const trackGroup = option(
  placed(
    'the name of a track_group',
    { means: 'whose instances fail when it is taken away' },
    () => undefined,
  ),
);
