/** An IPv4 or IPv6 address: 4 or 16 bytes in network order. */
export type IpBytes = Uint8Array;

export type Family = 'ipv4' | 'ipv6';

/** An address with the length of its network, as operators write `10.0.0.13/24`. */
export interface Prefix {
  readonly address: string;
  readonly prefixLength: number;
}

/**
 * Reads an IPv4 address in dotted decimal or an IPv6 address in any form of RFC 4291 §2.2.
 * @returns its bytes, or undefined when the text is no address
 */
export function parseIp(text: string): IpBytes | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): IpBytes | undefined {
  const parts = text.split('.');
  // As inet_pton(3): a leading zero is refused, since some take what follows it for octal.
  if (parts.length !== 4 || !parts.every(p => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string): IpBytes | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(half => (half === '' ? [] : groups(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 16 ? Uint8Array.from(head) : undefined;
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? undefined : Uint8Array.from([...head, ...new Array<number>(gap).fill(0), ...tail]);
}

/** The bytes of `a:b:c` or `a:b:1.2.3.4`; undefined when a group is wrong. */
function groups(text: string): number[] | undefined {
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.') && i === parts.length - 1) {
      const v4 = parseIpv4(part);
      if (v4 === undefined) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      const value = parseInt(part, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** @returns the canonical text: dotted decimal, or RFC 5952 for IPv6. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && words[i + run] === 0) run++;
    if (run > longest) {
      longest = run;
      start = i;
    }
  }
  const hex = words.map(w => w.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + longest).join(':')}`;
}

/** @returns which family the bytes are of. */
export const familyOf = (bytes: IpBytes): Family => (bytes.length === 4 ? 'ipv4' : 'ipv6');

/**
 * Compares as unsigned integers in network order, which is how VRRP breaks ties (RFC 9568 §6.4.3).
 * @returns negative, 0 or positive, for `a` before, equal to or after `b`
 */
export function compareIp(a: IpBytes, b: IpBytes): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @returns whether both addresses are in one network of `prefixLength` bits. */
export function sameNetwork(a: IpBytes, b: IpBytes, prefixLength: number): boolean {
  if (a.length !== b.length) return false;
  for (let bit = 0; bit < prefixLength; bit += 8) {
    const mask = prefixLength - bit >= 8 ? 0xff : (0xff << (8 - (prefixLength - bit))) & 0xff;
    if ((((a[bit / 8] ?? 0) ^ (b[bit / 8] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/**
 * Reads `ADDRESS` or `ADDRESS/LENGTH`.
 * @param text what the operator wrote
 * @returns the canonical address with its prefix length (32 or 128 when none is written), or undefined
 */
export function parsePrefix(text: string): (Prefix & { readonly bytes: IpBytes }) | undefined {
  const [host = '', length, ...rest] = text.split('/');
  const bytes = parseIp(host);
  if (bytes === undefined || rest.length > 0) return undefined;
  const most = bytes.length * 8;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > most)) return undefined;
  return { address: formatIp(bytes), prefixLength: length === undefined ? most : Number(length), bytes };
}
