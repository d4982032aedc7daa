import { lockProgram, setNormalScheduling, setRoundRobin } from '../io/native.js';
import type { Log } from '../ports/log.js';

/** Above ordinary processes, below the kernel's own threads at 50 and up. */
const PRIORITY = 10;

/**
 * Gives this process real-time priority and keeps its code from being dropped, so that neither a busy machine nor
 * one short of memory makes an advert late. Where the system forbids it, that is said, and everything goes on
 * without.
 *
 * The heap is not locked: V8 gives parts of it back with madvise, which the kernel refuses for locked pages (EINVAL,
 * madvise(2)), and V8 takes that for corruption and ends the process.
 */
export function takeRealtime(wanted: boolean, log: Log): void {
  if (!wanted) return;
  for (const [what, take] of [
    ['real-time priority', () => setRoundRobin(PRIORITY)],
    ['locked code', () => lockProgram()],
  ] as const) {
    try {
      take();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      log('warn', 'the vrrp process goes without a privilege', { what, code: code ?? '' });
    }
  }
}

/** What is left is to end, which takes a while and is not urgent: nobody should have to wait for it. */
export function endRealtime(): void {
  setNormalScheduling();
}
