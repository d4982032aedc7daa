import { address, alpha, CHECKS, hostName, timing } from '../../checkers/keywords/check.js';
import { formatIp, parseIp } from '../../lib/address.js';
import { readBlock, type Keyword, type Keywords, type Statement, type Values } from '../../lib/keyword.js';
import { block, harmless, choice, flag, ignored, integer, one, refused } from '../../lib/keyword-kinds.js';
import type { Place, Report } from '../../lib/problem.js';
import type { Forwarding } from '../service.js';

/** The schedulers of the kernel that keepalived knows (ip_vs_*.ko). */
const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'sh',
  'mh',
  'dh',
  'fo',
  'ovf',
  'sed',
  'nq',
  'twos',
] as const;

/** The kernel's own limits: weights are signed 32 bits, persistence is at most 31 days (ipvsadm 1.31). */
const MOST_WEIGHT = 2147483647;
const MOST_PERSISTENCE = 2678400;
const DEFAULT_PERSISTENCE = 360;

const scheduler = choice(SCHEDULERS, { means: 'how connections are shared out; wlc' });

const forwarding: Keyword<Forwarding> = {
  takes: 'one of NAT, DR, TUN',
  means: 'how packets reach the real servers; NAT',
  effect: 'acted on',
  read: (statement, report) => {
    const kind = choice(['NAT', 'DR', 'TUN'], { means: '' }).read(statement, report, undefined);
    const [, extra] = statement.args;
    if (kind !== undefined && extra !== undefined) {
      report.error(extra.at, `"${extra.text}" after ${kind} is not supported yet`, 'write the kind alone');
    }
    return kind;
  },
};

const persistenceTimeout: Keyword<number> = {
  takes: `whole seconds from 1 to ${MOST_PERSISTENCE}, or nothing, which means ${DEFAULT_PERSISTENCE}`,
  means: "how long a client's connections go to the same server; off",
  effect: 'acted on',
  read: (statement, report, before) =>
    statement.args.length === 0
      ? DEFAULT_PERSISTENCE
      : integer(1, MOST_PERSISTENCE, { means: '' }).read(statement, report, before),
};

const NO_SCRIPT = 'the script is not run';
const NO_MAIL = 'no mail is sent';

/** The keywords of real_server. */
export const REAL_SERVER = {
  weight: integer(0, MOST_WEIGHT, { means: "share of the connections; the virtual server's, 1" }),
  inhibit_on_failure: flag({
    means: "weight 0 in place of removal when a check fails; the virtual server's, off",
  }),
  ...timing(1, "the virtual server's"),
  virtualhost: hostName("Host header of HTTP checks; the virtual server's"),
  ...CHECKS,
  alpha,
  lvs_method: refused('a kind', 'lets one real server be reached otherwise than the rest'),
  uthreshold: refused('a number', 'limits the connections of a real server'),
  lthreshold: refused('a number', 'is where a real server that was full takes connections again'),
  notify_up: ignored('a script', 'not supported', 'run when the server comes up', NO_SCRIPT),
  notify_down: ignored('a script', 'not supported', 'run when the server goes down', NO_SCRIPT),
  smtp_alert: ignored('on or off', 'not supported', 'mails each change', NO_MAIL),
  snmp_name: ignored('a text', 'harmless', 'its name for SNMP'),
} satisfies Keywords;

/** A real server as it stands in the file. */
export interface ServerDraft {
  readonly address: string;
  /** Undefined when the file names none. */
  readonly port: number | undefined;
  readonly at: Place;
  readonly values: Values<typeof REAL_SERVER>;
}

/** The keywords of virtual_server. */
export const VIRTUAL_SERVER = {
  ...timing(1, 'of all its checks'),
  lvs_sched: scheduler,
  lb_algo: scheduler,
  lvs_method: forwarding,
  lb_kind: forwarding,
  protocol: one(
    'one of TCP, UDP, SCTP',
    text => (['tcp', 'udp', 'sctp'] as const).find(p => p === text.toLowerCase()),
    { means: 'what is balanced; UDP' },
  ),
  persistence_timeout: persistenceTimeout,
  weight: integer(1, MOST_WEIGHT, { means: 'weight of real servers that name none; 1' }),
  inhibit_on_failure: flag({ means: 'weight 0 in place of removal when a check fails; off' }),
  quorum: integer(1, MOST_WEIGHT, { means: 'weight that must be alive for the service to count as up; 1' }),
  virtualhost: hostName('Host header of HTTP checks that name none; ADDRESS:PORT'),
  nat_mask: harmless(
    address({
      means: 'an option of Linux 2.2',
      warning: 'nat_mask has had no effect since the IPVS of Linux 2.4; leave it out',
    }),
    'the kernel has no such option',
  ),
  real_server: block<readonly ServerDraft[]>(
    'ADDRESS [PORT] and a block',
    { means: 'a server that takes a share of the connections', within: REAL_SERVER },
    (statement, body, report, before = []) => [...before, ...draftServer(statement, body, report)],
  ),
  alpha,
  sorry_server: refused('ADDRESS [PORT]', 'takes the connections when no real server is left'),
  sorry_server_inhibit: ignored('on or off', 'harmless', 'is for sorry_server'),
  sorry_server_lvs_method: ignored('a kind', 'harmless', 'is for sorry_server'),
  persistence_granularity: refused('a netmask', 'makes a whole network one client'),
  persistence_engine: refused('sip', 'tells clients apart by what they say'),
  'flag-1': refused('nothing', 'changes how the scheduler shares out'),
  'flag-2': refused('nothing', 'changes how the scheduler shares out'),
  'flag-3': refused('nothing', 'changes how the scheduler shares out'),
  'sh-port': refused('nothing', 'changes how the scheduler shares out'),
  'sh-fallback': refused('nothing', 'changes how the scheduler shares out'),
  'mh-port': refused('nothing', 'changes how the scheduler shares out'),
  'mh-fallback': refused('nothing', 'changes how the scheduler shares out'),
  ops: refused('nothing', 'schedules each packet for itself'),
  hashed: ignored('nothing', 'harmless', 'has no effect in keepalived either'),
  ip_family: ignored('inet or inet6', 'harmless', 'is for firewall marks'),
  omega: ignored('on or off', 'not supported', 'runs the scripts at the end', 'no script is run at the end'),
  hysteresis: ignored(
    'a weight',
    'not supported',
    'play of quorum',
    'the service counts as down as soon as its quorum is lost',
  ),
  quorum_up: ignored('a script', 'not supported', 'run at quorum', NO_SCRIPT),
  quorum_down: ignored('a script', 'not supported', 'run without quorum', NO_SCRIPT),
  ha_suspend: ignored(
    'on or off',
    'not supported',
    'no checks while the address is elsewhere',
    'the checks run on the backup, too',
  ),
  smtp_alert: ignored('on or off', 'not supported', 'mails each change', NO_MAIL),
  snmp_name: ignored('a text', 'harmless', 'its name for SNMP'),
} satisfies Keywords;

/** The keywords of `global_defs` that are about IPVS. */
export const IPVS_GLOBAL = {} satisfies Keywords;

/** A virtual server as it stands in the file. */
export interface ServiceDraft {
  readonly at: Place;
  /** Undefined after a report. */
  readonly where: ReturnType<typeof readEndpoint>;
  readonly values: Values<typeof VIRTUAL_SERVER>;
}

/** The keywords of the file's top level that are about IPVS. */
export const IPVS_TOP = {
  virtual_server: block<readonly ServiceDraft[]>(
    'ADDRESS [PORT] and a block',
    { means: 'a service of the kernel, with its real servers', within: VIRTUAL_SERVER },
    (statement, body, report, before = []) => {
      const at = statement.keyword.at;
      const where = readEndpoint(statement, report);
      return [
        ...before,
        { at, where, values: readBlock(VIRTUAL_SERVER, body, 'virtual_server', at, report) },
      ];
    },
  ),
  virtual_server_group: refused('a name and a block', 'names several virtual servers at once'),
} satisfies Keywords;

function draftServer(
  statement: Statement,
  body: readonly Statement[],
  report: Report,
): readonly ServerDraft[] {
  const where = readEndpoint(statement, report);
  const at = statement.keyword.at;
  const values = readBlock(REAL_SERVER, body, 'real_server', at, report);
  return where === undefined ? [] : [{ ...where, at: statement.args[0]?.at ?? at, values }];
}

/** Reads `ADDRESS [PORT]` behind the keyword. */
export function readEndpoint(
  statement: Statement,
  report: Report,
): { readonly address: string; readonly port: number | undefined } | undefined {
  const { text: name, at } = statement.keyword;
  const [address, port, extra] = statement.args;
  if (address === undefined) {
    report.error(at, `${name} takes ADDRESS [PORT]`);
    return undefined;
  }
  if (name === 'virtual_server' && (address.text === 'fwmark' || address.text === 'group')) {
    report.error(address.at, `virtual_server ${address.text} is not supported yet`, 'write ADDRESS PORT');
    return undefined;
  }
  const bytes = parseIp(address.text);
  if (bytes === undefined) {
    report.error(address.at, `${name} takes an IPv4 or IPv6 address, not "${address.text}"`);
    return undefined;
  }
  if (
    port !== undefined &&
    !(/^\d{1,5}$/.test(port.text) && Number(port.text) >= 1 && Number(port.text) <= 65535)
  ) {
    report.error(port.at, `${name} takes a port from 1 to 65535, not "${port.text}"`);
    return undefined;
  }
  if (extra !== undefined) {
    report.warn(extra.at, `${name} takes ADDRESS [PORT]; "${extra.text}" is ignored`);
  }
  return { address: formatIp(bytes), port: port === undefined ? undefined : Number(port.text) };
}
