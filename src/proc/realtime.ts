import { lockMemory, setRoundRobin } from '../io/native.js';
import type { Log } from '../ports/log.js';

/** Above ordinary processes, below the kernel's own threads at 50 and up. */
const PRIORITY = 10;

/**
 * Gives this process real-time priority and keeps its memory from being swapped, so that neither a busy machine nor
 * a slow disk makes an advert late. Where the system forbids it, that is said, and everything goes on without.
 */
export function takeRealtime(wanted: boolean, log: Log): void {
  if (!wanted) return;
  for (const [what, take] of [
    ['real-time priority', () => setRoundRobin(PRIORITY)],
    ['locked memory', () => lockMemory()],
  ] as const) {
    try {
      take();
    } catch (error) {
      log('warn', 'the vrrp process goes without a privilege', {
        what,
        code: (error as NodeJS.ErrnoException).code ?? '',
      });
    }
  }
}
