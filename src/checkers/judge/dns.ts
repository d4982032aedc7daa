import { err, ok, type Result } from '../../lib/result.js';
import type { DnsCheck } from '../check.js';

/** Why a name server's answer did not satisfy. */
export type DnsFailure = 'not-dns' | 'dns-refused';

/** RFC 1035 §3.2.2, RFC 3596 §2.1. */
const TYPES: Readonly<Record<DnsCheck['question'], number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
};

const HEADER = 12;
const RECURSION_DESIRED = 0x0100;
const IS_ANSWER = 0x8000;
const INTERNET = 1;

/** What RFC 1035 §4.1.1 and RFC 2136 §2.2 call the codes. */
const CODES =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ');

/**
 * One question (RFC 1035 §4.1). Nothing of an answer but its header is looked at, as in keepalived, so that there is no
 * more to the format than this.
 * @param id 16 bits that the answer repeats
 */
export function question(check: DnsCheck, id: number): Uint8Array {
  const labels = check.name.split('.').filter(label => label !== '');
  const name = labels.flatMap(label => {
    const bytes = new TextEncoder().encode(label);
    return [bytes.length, ...bytes];
  });
  return Uint8Array.from([
    ...[id, RECURSION_DESIRED, 1, 0, 0, 0].flatMap(both),
    ...name,
    0,
    ...[TYPES[check.question], INTERNET].flatMap(both),
  ]);
}

const both = (number: number): readonly number[] => [number >> 8, number & 0xff];

/** Is this the answer to the question with that number? Others are passed over: they may be forged, or late. */
export const isAnswerTo = (id: number, answer: Uint8Array): boolean =>
  answer.length >= 2 && word(answer, 0) === id && (answer.length < HEADER || isAnswer(answer));

const isAnswer = (answer: Uint8Array): boolean => (word(answer, 2) & IS_ANSWER) !== 0;

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Judges an answer by its code alone; it may have no records (keepalived: check_dns.c). */
export function judgeDns(
  answer: Uint8Array,
): Result<void, { readonly reason: DnsFailure; readonly detail?: string }> {
  if (answer.length < HEADER) return err({ reason: 'not-dns' });
  const code = word(answer, 2) & 0x000f;
  return code === 0 ? ok(undefined) : err({ reason: 'dns-refused', detail: CODES[code] ?? String(code) });
}
