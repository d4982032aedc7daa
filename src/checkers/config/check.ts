import { commandOf } from '../../lib/command.js';
import type { ScriptDefaults } from '../../lib/keyword-account.js';
import type { Report } from '../../lib/problem.js';
import type { Check, CommonCheck, HttpCheck, MiscCheck, Pace } from '../check.js';
import { timesOf, type CheckDraft } from '../keywords/checks.js';
import type { Timing } from '../keywords/common.js';
import { DEFAULT_HELO } from '../keywords/others.js';

/** What a check takes from its real server where it says nothing itself. */
export interface Around {
  readonly address: string;
  readonly port: number;
  readonly timing: Timing;
  readonly virtualhost: string | undefined;
  readonly scripts: ScriptDefaults;
}

/** Defaults in milliseconds, where neither the check nor anything around it says otherwise (check_data.c). */
const DEFAULT = {
  connectTimeout: 5000,
  tries: 1,
  retry: { DNS_CHECK: 3, MISC_CHECK: 0 } as Readonly<Partial<Record<CheckDraft['type'], number>>>,
  delay: 1000,
  httpDelay: 3000,
  delayLoop: 60_000,
};

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
  if (draft.type === 'MISC_CHECK') return completeMisc(draft, around, report);
  const own = ownOf(draft);
  const given = { ...around.timing, ...timesOf(own) };
  const connectPort = own.connect_port ?? around.port;
  if (connectPort === 0 && draft.type !== 'PING_CHECK') {
    report.error(
      draft.at,
      `${draft.type} needs connect_port, since the real server has no port; in keepalived it always fails`,
      'write connect_port and the port that is to be checked',
    );
    return undefined;
  }
  const connectAddress = own.connect_ip ?? around.address;
  const common = {
    connectAddress,
    connectPort,
    ...sourceOf(draft, own.bindto, connectAddress, report),
    ...paceOf(draft.type, given),
  };
  const check = ofType(draft, common, around);
  lookAtDetection(check, draft, report);
  return check;
}

/** What stands in an old `host` block of SMTP_CHECK stands above what is around it. */
function ownOf(draft: PacketDraft): PacketDraft['values']['value'] {
  const { value } = draft.values;
  if (draft.type !== 'SMTP_CHECK') return value;
  return (draft.values.value.host ?? []).reduce((all, host) => ({ ...all, ...host.value }), value);
}

function paceOf(type: CheckDraft['type'], given: Timing): Pace {
  const delayLoopMs = bounded(given.delay_loop ?? DEFAULT.delayLoop);
  return {
    timeoutMs: bounded(given.connect_timeout ?? DEFAULT.connectTimeout),
    retry: given.retry ?? DEFAULT.retry[type] ?? DEFAULT.tries,
    delayLoopMs,
    warmupMs: Math.min(LONGEST_MS, given.warmup ?? delayLoopMs),
    delayBeforeRetryMs: Math.min(LONGEST_MS, given.delay_before_retry ?? delayOf(type, delayLoopMs)),
  };
}

type MiscDraft = Extract<CheckDraft, { type: 'MISC_CHECK' }>;
type PacketDraft = Exclude<CheckDraft, MiscDraft>;

/** keepalived leaves out a check whose program it cannot make out. */
function completeMisc(draft: MiscDraft, around: Around, report: Report): MiscCheck | undefined {
  const {
    misc_path: path,
    misc_timeout: timeout = 0,
    user = around.scripts.account,
    ...own
  } = draft.values.value;
  if (path === undefined) return undefined;
  const command = commandOf(path);
  if ('wrong' in command) {
    report.warn(
      path.at,
      `${command.wrong}: this cannot be run, and keepalived leaves it out`,
      'write the path of a program with its arguments in quotes',
    );
    return undefined;
  }
  const pace = paceOf(draft.type, { ...around.timing, ...timesOf(own) });
  const check: MiscCheck = {
    type: draft.type,
    ...pace,
    timeoutMs: timeout === 0 ? pace.delayLoopMs : timeout * 1000,
    command: {
      argv: command.words,
      user: user?.user.text ?? null,
      group: user?.group?.text ?? null,
      isSecure: around.scripts.isSecure,
    },
  };
  lookAtDetection(check, draft, report);
  return check;
}

function delayOf(type: CheckDraft['type'], delayLoopMs: number): number {
  if (type === 'DNS_CHECK') return delayLoopMs;
  return type === 'HTTP_GET' || type === 'SSL_GET' ? DEFAULT.httpDelay : DEFAULT.delay;
}

/** keepalived leaves out whichever of the two addresses stands later; the server must be asked where it is. */
function sourceOf(
  draft: PacketDraft,
  bindto: string | undefined,
  connectAddress: string,
  report: Report,
): { bindAddress?: string } {
  if (bindto === undefined) return {};
  if (bindto.includes(':') === connectAddress.includes(':')) return { bindAddress: bindto };
  report.warn(
    draft.values.at.bindto ?? draft.at,
    `bindto ${bindto} is of another address family than ${connectAddress}, which is checked; bindto is left out`,
    'write an address of the same family',
  );
  return {};
}

function ofType(draft: PacketDraft, common: CommonCheck, around: Around): Check {
  switch (draft.type) {
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return { type: draft.type, ...common };
    case 'HTTP_GET':
      return { type: draft.type, ...common, ...httpOf(draft.values.value, around) };
    case 'SSL_GET': {
      const { enable_sni: enableSni = false, sni_name: sniName = null } = draft.values.value;
      const tlsCompliant = draft.values.value.tls_compliant ?? false;
      const http = httpOf(draft.values.value, around);
      return { type: draft.type, ...common, ...http, enableSni, sniName, tlsCompliant };
    }
    case 'SMTP_CHECK':
      return { type: draft.type, ...common, heloName: draft.values.value.helo_name ?? DEFAULT_HELO };
    case 'DNS_CHECK': {
      const { type: question = 'SOA', name = '.' } = draft.values.value;
      return { type: draft.type, ...common, question, name };
    }
    case 'UDP_CHECK': {
      const { payload = null, require_reply: reply = null } = draft.values.value;
      const { min_reply_length: least = 0, max_reply_length: most = 255 } = draft.values.value;
      return { type: draft.type, ...common, payload, reply, replyLengths: [least, most] };
    }
  }
}

type HttpDraft = Extract<CheckDraft, { type: 'HTTP_GET' }>;

function httpOf(own: HttpDraft['values']['value'], around: Around): Pick<HttpCheck, 'protocol' | 'urls'> {
  const { url = [], http_protocol: protocol = '1.0', virtualhost } = own;
  const host = virtualhost ?? around.virtualhost ?? null;
  return { protocol, urls: url.map(u => ({ ...u, virtualhost: u.virtualhost ?? host })) };
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
