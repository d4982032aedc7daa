import type { Report } from '../../lib/problem.js';
import type { Check } from '../check.js';
import { timesOf, type CheckDraft } from '../keywords/checks.js';
import type { Timing } from '../keywords/common.js';

/** What a check takes from its real server where it says nothing itself. */
export interface Around {
  readonly address: string;
  readonly port: number;
  readonly timing: Timing;
  readonly virtualhost: string | undefined;
}

/** Defaults in milliseconds, where neither the check nor anything around it says otherwise (check_data.c). */
const DEFAULT = { connectTimeout: 5000, retry: 1, tcpDelay: 1000, httpDelay: 3000, delayLoop: 60_000 };

/** No time is longer than 31 days and none but a delay before a retry is shorter than a millisecond. */
const LONGEST_MS = 2_678_400_000;
const bounded = (length: number): number => Math.min(LONGEST_MS, Math.max(1, length));

/** A failure that takes longer than this to be seen is as good as not seen. */
const LONG_MS = 3_600_000;

/**
 * Fills in what a check leaves out: from its real server, which has it from its virtual server, else the default.
 * @returns undefined after a report
 */
export function completeCheck(draft: CheckDraft, around: Around, report: Report): Check | undefined {
  const own = draft.values.value;
  const given = { ...around.timing, ...timesOf(own) };
  const connectPort = own.connect_port ?? around.port;
  if (connectPort === 0) {
    report.error(
      draft.at,
      `${draft.type} needs connect_port, since the real server has no port; in keepalived it always fails`,
      'write connect_port and the port that is to be checked',
    );
    return undefined;
  }
  const delayLoopMs = bounded(given.delay_loop ?? DEFAULT.delayLoop);
  const connectAddress = own.connect_ip ?? around.address;
  const common = {
    connectAddress,
    connectPort,
    ...sourceOf(draft, connectAddress, report),
    timeoutMs: bounded(given.connect_timeout ?? DEFAULT.connectTimeout),
    retry: given.retry ?? DEFAULT.retry,
    delayLoopMs,
    warmupMs: Math.min(LONGEST_MS, given.warmup ?? delayLoopMs),
  };
  const check = ofType(draft, common, given, around);
  lookAtDetection(check, draft, report);
  return check;
}

/** keepalived leaves out whichever of the two addresses stands later; the server must be asked where it is. */
function sourceOf(draft: CheckDraft, connectAddress: string, report: Report): { bindAddress?: string } {
  const { bindto } = draft.values.value;
  if (bindto === undefined) return {};
  if (bindto.includes(':') === connectAddress.includes(':')) return { bindAddress: bindto };
  report.warn(
    draft.values.at.bindto ?? draft.at,
    `bindto ${bindto} is of another address family than ${connectAddress}, which is checked; bindto is left out`,
    'write an address of the same family',
  );
  return {};
}

type Common = Omit<Check, 'type' | 'delayBeforeRetryMs' | 'protocol' | 'urls'>;

function ofType(draft: CheckDraft, common: Common, given: Timing, around: Around): Check {
  const delay = (otherwise: number): number => Math.min(LONGEST_MS, given.delay_before_retry ?? otherwise);
  switch (draft.type) {
    case 'TCP_CHECK':
      return { type: 'TCP_CHECK', ...common, delayBeforeRetryMs: delay(DEFAULT.tcpDelay) };
    case 'HTTP_GET': {
      const { url = [], http_protocol: protocol = '1.0', virtualhost } = draft.values.value;
      const host = virtualhost ?? around.virtualhost ?? null;
      return {
        type: 'HTTP_GET',
        ...common,
        delayBeforeRetryMs: delay(DEFAULT.httpDelay),
        protocol,
        urls: url.map(u => ({ ...u, virtualhost: u.virtualhost ?? host })),
      };
    }
  }
}

/** A server that has just answered dies: how long until the last of all its tries has failed? */
function lookAtDetection(check: Check, draft: CheckDraft, report: Report): void {
  const { delayLoopMs, timeoutMs, retry, delayBeforeRetryMs } = check;
  const longest = delayLoopMs + (retry + 1) * timeoutMs + retry * delayBeforeRetryMs;
  if (longest <= LONG_MS) return;
  report.warn(
    draft.at,
    `a server that dies goes on getting connections for up to ${spoken(longest)}: delay_loop, and the tries with their delays`,
    'write a smaller delay_loop, retry, connect_timeout or delay_before_retry',
  );
}

const spoken = (ms: number): string =>
  ms >= 2 * 86_400_000 ? `${Math.round(ms / 86_400_000)} days` : `${Math.round(ms / 60_000)} minutes`;
