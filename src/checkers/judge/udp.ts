import { err, ok, type Result } from '../../lib/result.js';
import type { UdpCheck } from '../check.js';

/** Why a datagram did not satisfy. */
export type UdpFailure = 'reply-length' | 'reply-differs';

/** How many bytes are sent where the file does not say which. */
export const RANDOM_BYTES = 32;

/** @returns the bytes of hexadecimal digits, two each */
export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], digits => parseInt(digits, 16));

/**
 * Judges an answer that is asked for: its length, and as many of the bytes that the file gives as it has
 * (keepalived.conf(5): they must match up to the shorter of the two).
 */
export function judgeUdp(
  check: UdpCheck,
  answer: Uint8Array,
): Result<void, { readonly reason: UdpFailure; readonly detail?: string }> {
  const [least, most] = check.replyLengths;
  if (answer.length < least || answer.length > most) {
    return err({ reason: 'reply-length', detail: String(answer.length) });
  }
  const wanted = (check.reply ?? '').toLowerCase();
  const came = Array.from(answer.subarray(0, wanted.length / 2), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  for (let i = 0; i < came.length; i++) {
    if (wanted[i] !== 'x' && wanted[i] !== came[i]) return err({ reason: 'reply-differs', detail: came });
  }
  return ok(undefined);
}
