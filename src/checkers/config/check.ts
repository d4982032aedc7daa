import type { Report } from '../../lib/problem.js';
import type { Check } from '../check.js';
import { timesOf, type CheckDraft, type Timing } from '../keywords/check.js';

/** What a check takes from its real server where it says nothing itself. */
export interface Around {
  readonly address: string;
  readonly port: number;
  readonly timing: Timing;
  readonly virtualhost: string | undefined;
}

/** Defaults in milliseconds, where neither the check nor anything around it says otherwise (check_data.c). */
const DEFAULT = { connectTimeout: 5000, retry: 1, tcpDelay: 1000, httpDelay: 3000, delayLoop: 60_000 };

/**
 * Fills in what a check leaves out: from its real server, which has it from its virtual server, else the default.
 * @returns undefined after a report
 */
export function completeCheck(draft: CheckDraft, around: Around, report: Report): Check | undefined {
  const own = draft.values.value;
  const given = { ...around.timing, ...timesOf(own) };
  const connectPort = own.connect_port ?? around.port;
  if (connectPort === 0) {
    report.error(draft.at, `${draft.type} needs connect_port, since the real server has no port`);
    return undefined;
  }
  const delayLoopMs = given.delay_loop ?? DEFAULT.delayLoop;
  const common = {
    connectAddress: own.connect_ip ?? around.address,
    connectPort,
    ...(own.bindto === undefined ? {} : { bindAddress: own.bindto }),
    timeoutMs: given.connect_timeout ?? DEFAULT.connectTimeout,
    retry: given.retry ?? DEFAULT.retry,
    delayLoopMs,
    warmupMs: given.warmup ?? delayLoopMs,
  };
  if (
    common.bindAddress !== undefined &&
    common.bindAddress.includes(':') !== common.connectAddress.includes(':')
  ) {
    report.error(
      draft.values.at.bindto ?? draft.at,
      'bindto is of another address family than what is checked',
    );
    return undefined;
  }
  switch (draft.type) {
    case 'TCP_CHECK':
      return {
        type: 'TCP_CHECK',
        ...common,
        delayBeforeRetryMs: given.delay_before_retry ?? DEFAULT.tcpDelay,
      };
    case 'HTTP_GET': {
      const { url = [], http_protocol: protocol = '1.0', virtualhost } = draft.values.value;
      const host = virtualhost ?? around.virtualhost ?? null;
      return {
        type: 'HTTP_GET',
        ...common,
        delayBeforeRetryMs: given.delay_before_retry ?? DEFAULT.httpDelay,
        protocol,
        urls: url.map(u => ({ ...u, virtualhost: u.virtualhost ?? host })),
      };
    }
  }
}
