import { formatIp, parseIp } from '../../lib/address.js';
import { type Keyword, type Keywords, type Row, type Word } from '../../lib/keyword.js';
import { bare, choice, harmless, integer, one } from '../../lib/keyword-kinds.js';
import { otherName } from '../../lib/keyword-rows.js';
import type { Report } from '../../lib/problem.js';
import type { Forwarding, Method, SchedulerFlag, Tunnel } from '../service.js';

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

/** The longest persistence that ipvsadm 1.31 takes, 31 days, and what keepalived means by none in particular. */
const MOST_PERSISTENCE = 2678400;
export const DEFAULT_PERSISTENCE = 360;

const scheduler = choice(SCHEDULERS, {
  means: 'how connections are shared out',
  default: 'wlc',
  otherwise: 'wlc',
});

/** What others than the kernel and keepalived know, and what stands for it here. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  [
    'fnat',
    'FNAT is of DPVS, which rewrites both addresses; the kernel has NAT, for which the real servers route by way of this router',
  ],
  [
    'fullnat',
    'FULLNAT is of a patched kernel, which rewrites both addresses; the kernel has NAT, for which the real servers route by way of this router',
  ],
  ['snat', 'SNAT is of DPVS; write NAT, DR or TUN'],
  ['dsnat', 'DSNAT is of DPVS; write NAT, DR or TUN'],
  ['dnat', 'write NAT'],
  ['masq', 'write NAT'],
  ['masquerade', 'write NAT'],
  ['masquerading', 'write NAT'],
  ['direct', 'write DR'],
  ['route', 'write DR'],
  ['droute', 'write DR'],
  ['gate', 'write DR'],
  ['gatewaying', 'write DR'],
  ['tunnel', 'write TUN'],
  ['tunneling', 'write TUN'],
  ['ipip', 'write TUN'],
]);

/** A keyword that takes a way of forwarding. */
export const method = (row: Row): Keyword<Method> => {
  const kinds = choice(['NAT', 'DR', 'TUN'], row);
  return {
    effect: 'acted on',
    ...row,
    words: kinds.words ?? [],
    takes: `${kinds.takes}; behind TUN perhaps type ipip, type gre or type gue port NUMBER, and nocsum, csum or remcsum`,
    read: ({ keyword, args }, report) => {
      const [first, ...options] = args;
      const foreign = FOREIGN.get(first?.text.toLowerCase() ?? '');
      const kind = kinds.read({ keyword, args }, withHint(report, foreign), undefined);
      if (kind === undefined) return undefined;
      const tunnel = readTunnel(kind, options, report);
      return tunnel === undefined ? { kind } : { kind, tunnel };
    },
  };
};

/** The same report, with another hint where there is one. */
const withHint = (report: Report, hint: string | undefined): Report =>
  hint === undefined
    ? report
    : {
        error: (at, message) => report.error(at, message, hint),
        warn: (at, message) => report.warn(at, message, hint),
        note: (at, message) => report.note(at, message, hint),
      };

const TUNNELS = ['ipip', 'gue', 'gre'] as const;
const CHECKSUMS = ['nocsum', 'csum', 'remcsum'] as const;

/** Reads what stands behind the kind. What keepalived cannot read there it ignores, and so it is here. */
function readTunnel(kind: Forwarding, words: readonly Word[], report: Report): Tunnel | undefined {
  let type: Tunnel['type'] = 'ipip';
  let port: number | undefined;
  let checksum: Tunnel['checksum'];
  for (let i = 0; i < words.length; i++) {
    const { text, at } = words[i] ?? { text: '', at: undefined };
    const next = words[i + 1]?.text;
    const sum = CHECKSUMS.find(c => c === text);
    const named = text === 'type' ? TUNNELS.find(t => t === next) : undefined;
    const number = text === 'port' && /^\d{1,5}$/.test(next ?? '') ? Number(next) : 0;
    if (kind === 'TUN' && sum !== undefined) {
      checksum = sum;
    } else if (kind === 'TUN' && named !== undefined) {
      type = named;
      i++;
    } else if (kind === 'TUN' && number >= 1 && number <= 65535) {
      port = number;
      i++;
    } else if (at !== undefined) {
      report.warn(at, `"${text}" behind ${kind} is ignored, as in keepalived`);
    }
  }
  if (words.length === 0 || kind !== 'TUN') return undefined;
  return {
    type,
    ...(port === undefined ? {} : { port }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}

const forwarding = method({
  means: 'how packets reach the real servers',
  default: 'NAT',
  otherwise: 'NAT',
});

const persistence = integer(1, MOST_PERSISTENCE, { means: '', otherwise: 'no persistence' });

const persistenceTimeout: Keyword<number> = {
  ...persistence,
  takes: `whole seconds from 1 to ${MOST_PERSISTENCE}, or nothing, which means ${DEFAULT_PERSISTENCE}`,
  means: "seconds for which a client's connections go to the same server",
  read: (statement, report, before) =>
    statement.args.length === 0 ? DEFAULT_PERSISTENCE : persistence.read(statement, report, before),
};

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** The flags of a scheduler, by what turns each on. */
export const SCHEDULER_FLAGS = {
  'flag-1': 1,
  'flag-2': 2,
  'flag-3': 3,
  'sh-fallback': 1,
  'sh-port': 2,
  'mh-fallback': 1,
  'mh-port': 2,
} as const satisfies Readonly<Record<string, SchedulerFlag>>;

const schedulerFlag = (means: string): Keyword<boolean> => bare({ means });

/** The keywords of a virtual server that say how the kernel balances it. */
export const BALANCING = {
  protocol: {
    ...one(`one of ${PROTOCOLS.join(', ')}`, text => PROTOCOLS.find(p => p === text.toUpperCase()), {
      means: 'what is balanced',
      default: 'UDP',
      otherwise: 'UDP',
      unless: ({ args }) => args[0]?.text === 'fwmark',
    }),
    words: PROTOCOLS,
  },
  lvs_sched: scheduler,
  lb_algo: otherName(scheduler, 'lvs_sched'),
  lvs_method: forwarding,
  lb_kind: otherName(forwarding, 'lvs_method'),
  persistence_timeout: persistenceTimeout,
  persistence_granularity: one(
    'a netmask such as 255.255.255.0, or for IPv6 a length from 1 to 128',
    text => {
      const mask = parseIp(text);
      if (mask?.length === 4) return formatIp(mask);
      return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 128
        ? `${Number(text)}`
        : undefined;
    },
    { means: 'how much of an address tells clients apart', otherwise: 'the whole address' },
  ),
  persistence_engine: choice(['sip'], { means: 'what else tells clients apart' }),
  'flag-1': schedulerFlag('a flag of the scheduler: sh-fallback, mh-fallback'),
  'flag-2': schedulerFlag('a flag of the scheduler: sh-port, mh-port'),
  'flag-3': schedulerFlag('a flag of the scheduler'),
  'sh-port': schedulerFlag('sh looks at the port of the client, too'),
  'sh-fallback': schedulerFlag('sh takes another server where the first has weight 0'),
  'mh-port': schedulerFlag('mh looks at the port of the client, too'),
  'mh-fallback': schedulerFlag('mh takes another server where the first has weight 0'),
  ops: bare({ means: 'each packet of UDP is scheduled for itself' }),
  hashed: harmless(bare({ means: 'a mark of the kernel’s own' }), 'the kernel sets it itself'),
  ip_family: choice(['inet', 'inet6'], {
    means: "family of what has a mark of the firewall: the real servers'",
    otherwise: "the real servers'",
  }),
} satisfies Keywords;
