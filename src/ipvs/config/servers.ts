import type { Check } from '../../checkers/check.js';
import { completeCheck } from '../../checkers/config/check.js';
import { timesOf, type CheckDraft } from '../../checkers/keywords/checks.js';
import type { Timing } from '../../checkers/keywords/common.js';
import { endpoint } from '../../lib/endpoint.js';
import { isDeepEqual } from '../../lib/equal.js';
import type { Word } from '../../lib/keyword.js';
import type { ScriptDefaults } from '../../lib/keyword-account.js';
import { nearest } from '../../lib/nearest.js';
import type { Report } from '../../lib/problem.js';
import type { GroupDraft } from '../keywords/group.js';
import type { ServerDraft } from '../keywords/server.js';
import { familyOf, type Family, type Forwarding, type Method, type RealServer } from '../service.js';

/** What real servers take from their virtual server. */
export interface Outer extends Timing {
  /** Undefined where nothing says it: the first real server does then. */
  readonly family: Family | undefined;
  /** Undefined where there is no single one: a group. */
  readonly port: number | undefined;
  /** Is it a mark? */
  readonly marked: boolean;
  readonly method: Method;
  readonly alpha?: boolean;
  readonly weight?: number;
  readonly inhibit_on_failure?: boolean;
  readonly virtualhost?: string;
}

/** The names of what a check may hang on, as they stand in the file. */
export interface Names {
  readonly groups: readonly GroupDraft[];
  readonly bfdInstances: readonly string[];
  readonly trackFiles: readonly string[];
  readonly scripts: ScriptDefaults;
}

/** Fills in what the real servers of one virtual server leave out; those that keepalived leaves out are left out. */
export function completeServers(
  drafts: readonly ServerDraft[],
  outer: Outer,
  names: Names,
  report: Report,
): readonly RealServer[] {
  const seen = new Map<string, number>();
  const servers: RealServer[] = [];
  let { family } = outer;
  for (const draft of drafts) {
    const { address, at } = draft;
    lookAtReferences(draft, names, report);
    lookAtThresholds(draft, report);
    const method = draft.values.value.lvs_method ?? outer.method;
    family ??= familyOf(address);
    if (method.kind !== 'TUN' && familyOf(address) !== family) {
      report.warn(
        at,
        `real server ${address} is of another address family than its virtual server; it is left out, as in keepalived`,
        'only TUN can do that',
      );
      continue;
    }
    const port = portOf(draft, method.kind, outer, report);
    const name = endpoint(address, port);
    const first = seen.get(name);
    if (first !== undefined) {
      report.warn(
        at,
        `real server ${name} is there twice in this virtual server; the second is left out, as in keepalived`,
        `the first is in line ${first}`,
      );
      continue;
    }
    seen.set(name, at.line);
    servers.push(completeServer(draft, port, method, { ...outer, scripts: names.scripts }, report));
  }
  return servers;
}

/** With DR and TUN the packet keeps its port, so the kernel knows no other (check_data.c: forced, with a message). */
function portOf(draft: ServerDraft, kind: Forwarding, outer: Outer, report: Report): number {
  const port = draft.port ?? outer.port ?? 0;
  if (kind === 'NAT' || outer.port === undefined || port === outer.port) return port;
  if (outer.marked) {
    report.warn(
      draft.at,
      `with ${kind} and a mark a real server has no port: ${port} is for its checks alone, as in keepalived`,
    );
    return 0;
  }
  report.warn(
    draft.at,
    `with ${kind} a real server has its virtual server's port: ${outer.port} in place of ${port}; checks still ask ${port}, as in keepalived`,
    outer.port === 0
      ? 'write connect_port if the port is meant for the checks'
      : `write ${outer.port}, and connect_port in the checks if they are to ask another, or lvs_method NAT`,
  );
  return outer.port;
}

function completeServer(
  draft: ServerDraft,
  port: number,
  method: Method,
  outer: Outer & Pick<Names, 'scripts'>,
  report: Report,
): RealServer {
  const own = draft.values.value;
  const around = {
    address: draft.address,
    // What the file says is what is asked, whatever the kernel is told.
    port: draft.port ?? port,
    timing: { ...timesOf(outer), ...timesOf(own) },
    virtualhost: own.virtualhost ?? outer.virtualhost,
    scripts: outer.scripts,
  };
  // keepalived counts a check with alpha as failed until it succeeds, and one such check is enough.
  const alpha = draftsOf(own).some(({ values }) => values.value.alpha ?? own.alpha ?? outer.alpha ?? false);
  const checks = draftsOf(own)
    .map(check => completeCheck(check, around, report))
    .filter((check): check is Check => check !== undefined);
  return {
    address: draft.address,
    port,
    weight: own.weight ?? outer.weight ?? 1,
    inhibitOnFailure: own.inhibit_on_failure ?? outer.inhibit_on_failure ?? false,
    ...(isDeepEqual(method, outer.method) ? {} : { method }),
    ...(alpha ? { alpha } : {}),
    checks,
  };
}

const draftsOf = (own: ServerDraft['values']['value']): readonly CheckDraft[] => [
  ...(own.TCP_CHECK ?? []),
  ...(own.HTTP_GET ?? []),
  ...(own.SSL_GET ?? []),
  ...(own.SMTP_CHECK ?? []),
  ...(own.DNS_CHECK ?? []),
  ...(own.UDP_CHECK ?? []),
  ...(own.PING_CHECK ?? []),
  ...(own.MISC_CHECK ?? []),
];

/** The kernel refuses a server whose lower threshold is above the upper one, which none is when it is 0. */
function lookAtThresholds({ values: { value, at }, at: here }: ServerDraft, report: Report): void {
  const { uthreshold = 0, lthreshold = 0 } = value;
  if (lthreshold <= uthreshold) return;
  report.warn(
    at.lthreshold ?? here,
    `lthreshold ${lthreshold} is above uthreshold ${uthreshold}: the kernel refuses the server, and keepalived goes on without it`,
    'write an lthreshold below uthreshold',
  );
}

/** keepalived passes over a check that hangs on something that is not there: the server counts as up. */
function lookAtReferences({ values: { value } }: ServerDraft, names: Names, report: Report): void {
  for (const { values, at } of value.BFD_CHECK ?? []) {
    lookUp(values.value.name, values.at.name ?? at, 'BFD_CHECK', 'bfd_instance', names.bfdInstances, report);
  }
  for (const { values, at } of value.FILE_CHECK ?? []) {
    const { track_file: name } = values.value;
    lookUp(name, values.at.track_file ?? at, 'FILE_CHECK', 'track_file', names.trackFiles, report);
  }
}

function lookUp(
  name: string | undefined,
  at: Word['at'],
  check: string,
  what: string,
  known: readonly string[],
  report: Report,
): void {
  if (name === undefined || known.includes(name)) return;
  const likely = nearest(name, known);
  report.warn(
    at,
    `there is no ${what} ${name}; keepalived leaves the ${check} out, so that nothing is checked`,
    likely === undefined ? `write a ${what} ${name} { … }` : `did you mean ${likely}?`,
  );
}
