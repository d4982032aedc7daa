import { formatIp, parseIp, type IpBytes } from './address.js';

/** @returns the addresses from one to another, both in it; nothing where either is none */
export function* addressesIn(first: string, last: string): Generator<string> {
  const bytes = parseIp(first);
  const end = parseIp(last);
  if (bytes === undefined || end === undefined) return;
  const to = numberOf(end);
  for (let at = numberOf(bytes); at <= to; at++) yield formatIp(bytesOf(at, bytes.length));
}

const numberOf = (bytes: IpBytes): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

const bytesOf = (value: bigint, length: number): IpBytes =>
  Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
