import { setRoundRobin } from '../io/native.js';
import type { Log } from '../ports/log.js';

/** Above ordinary processes, below the kernel's own threads at 50 and up. */
const PRIORITY = 10;

/**
 * Gives this process real-time priority, so that a busy machine makes no advert late. Where the system forbids it,
 * that is said, and everything goes on without.
 *
 * Its memory is not locked: V8 gives parts of its heap back with madvise, which the kernel refuses for locked pages
 * (EINVAL, madvise(2)), and V8 takes that for corruption and ends the process.
 */
export function takeRealtime(wanted: boolean, log: Log): void {
  if (!wanted) return;
  try {
    setRoundRobin(PRIORITY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    log('warn', 'the vrrp process goes without real-time priority', { code: code ?? '' });
  }
}
