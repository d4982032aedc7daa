import { err, ok, type Result } from '../../lib/result.js';
import type { SmtpCheck } from '../check.js';

/** Why a mail server's answers did not satisfy. */
export type SmtpFailure = 'not-smtp' | 'smtp-greeting' | 'smtp-helo' | 'smtp-quit' | 'smtp-cut';

/** No talk of a mail server is read further. */
export const MOST_SMTP = 16 * 1024;

/** What each reply must be, and what it is called when it is not (keepalived: check_smtp.c). */
const STEPS = [
  { code: 220, reason: 'smtp-greeting' },
  { code: 250, reason: 'smtp-helo' },
  { code: 221, reason: 'smtp-quit' },
] as const;

/** What is said after the greeting and after each reply, byte for byte keepalived's. */
export const words = (check: SmtpCheck): readonly string[] => [`HELO ${check.heloName}\r\n`, 'QUIT\r\n'];

/** @returns the codes of the replies that came whole (RFC 5321 §4.2); undefined where it is no such reply */
function codes(text: string): readonly number[] | undefined {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  whole.pop();
  const found: number[] = [];
  for (const line of whole) {
    const [, code, more] = /^(\d{3})(-|[ \r]|$)/.exec(line) ?? [];
    if (code === undefined) return undefined;
    if (more !== '-') found.push(Number(code));
  }
  return found;
}

/** @returns how many replies have come whole, and are as they should be */
export const replies = (answer: Uint8Array): number => {
  const found = codes(new TextDecoder('latin1').decode(answer)) ?? [];
  const wrong = found.findIndex((code, i) => code !== STEPS[i]?.code);
  return wrong < 0 ? found.length : wrong;
};

/** Is there nothing more to wait for? */
export function isOver(answer: Uint8Array): boolean {
  const found = codes(new TextDecoder('latin1').decode(answer));
  if (found === undefined || found.length >= STEPS.length) return true;
  return replies(answer) < found.length;
}

/** Judges the whole of what a mail server said. Never throws, whatever came. */
export function judgeSmtp(
  answer: Uint8Array,
): Result<void, { readonly reason: SmtpFailure; readonly detail?: string }> {
  const text = new TextDecoder('latin1').decode(answer);
  const found = codes(text);
  if (found === undefined) {
    return err({ reason: 'not-smtp', detail: text.slice(0, 32).replace(/[^\x20-\x7e]/g, '.') });
  }
  for (const [i, { code, reason }] of STEPS.entries()) {
    const was = found[i];
    if (was === undefined) return err({ reason: 'smtp-cut' });
    if (was !== code) return err({ reason, detail: String(was) });
  }
  return ok(undefined);
}
