import { parseIp } from '../../lib/address.js';
import type { Keyword, Keywords, Row, Word } from '../../lib/keyword.js';
import {
  bare,
  flag,
  harmless,
  integer,
  notSupported,
  notYet,
  optionalWord,
} from '../../lib/keyword-kinds.js';
import { buffer, forced } from '../../lib/keyword-scheduling.js';
import { oldName } from '../../lib/keyword-rows.js';
import { script } from '../../lib/keyword-script.js';
import type { Report } from '../../lib/problem.js';

const MOST_32_BITS = 4294967295;

/** How the directors tell each other of connections. */
export interface SyncDaemon {
  readonly interface: Word;
  /** Whose role decides who tells and who listens; without it this router does both. */
  readonly instance?: Word;
  /** The other options as they stand there, by name. */
  readonly options: Readonly<Record<string, string>>;
}

const number =
  (least: number, most: number) =>
  (text: string): boolean =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

const SYNC_OPTIONS: Readonly<Record<string, (text: string) => boolean>> = {
  id: number(0, 255),
  maxlen: number(1, 65507),
  port: number(1, 65535),
  ttl: number(1, 255),
  group: text => parseIp(text) !== undefined,
};

const TIMEOUTS: Readonly<Record<string, (text: string) => boolean>> = {
  tcp: number(0, MOST_32_BITS),
  tcpfin: number(0, MOST_32_BITS),
  udp: number(0, MOST_32_BITS),
};

/** Reads `NAME VALUE` over and over; what keepalived cannot read it leaves out. */
function readPairs(
  words: readonly Word[],
  known: Readonly<Record<string, (text: string) => boolean>>,
  report: Report,
): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const fits = Object.hasOwn(known, word.text) ? known[word.text] : undefined;
    if (fits === undefined) {
      const names = Object.keys(known).join(', ');
      report.warn(word.at, `"${word.text}" is none of ${names}; it is left out, as in keepalived`);
      continue;
    }
    const value = words[++i];
    if (value !== undefined && fits(value.text)) pairs[word.text] = value.text;
    else {
      report.warn(
        value?.at ?? word.at,
        `${word.text} cannot be "${value?.text ?? ''}"; it is left out, as in keepalived`,
      );
    }
  }
  return pairs;
}

const syncDaemon: Keyword<SyncDaemon> = {
  takes: 'INTERFACE [[inst] INSTANCE] [id 0-255] [maxlen 1-65507] [port PORT] [ttl 1-255] [group ADDRESS]',
  means: 'the kernel tells the other director of its connections, so that they outlive a failover',
  effect: 'acted on',
  read: ({ keyword: { text: name, at }, args: [device, ...rest] }, report, before) => {
    if (device === undefined) {
      report.error(at, `${name} takes an interface`, `write ${name} eth0 VI_1`);
      return undefined;
    }
    if (before !== undefined) {
      report.warn(at, `${name} is there a second time; the first counts, as in keepalived`);
      return before;
    }
    const [first, second] = rest;
    const named = first?.text === 'inst' ? second : first;
    const instance = named !== undefined && !Object.hasOwn(SYNC_OPTIONS, named.text) ? named : undefined;
    const options = rest.slice(instance === undefined ? 0 : first?.text === 'inst' ? 2 : 1);
    return {
      interface: device,
      ...(instance === undefined ? {} : { instance }),
      options: readPairs(options, SYNC_OPTIONS, report),
    };
  },
};

const timeouts: Keyword<Readonly<Record<string, string>>> = {
  takes: 'one or more of tcp SECONDS, tcpfin SECONDS, udp SECONDS',
  means: 'how long the kernel keeps idle connections',
  effect: 'acted on',
  read: ({ keyword: { text: name, at }, args }, report) => {
    if (args.length === 0) {
      report.warn(at, `${name} without anything is ignored, as in keepalived`);
      return undefined;
    }
    return readPairs(args, TIMEOUTS, report);
  },
};

const flushOnStop: Keyword<'all' | 'ours'> = {
  takes: 'nothing, or VS',
  means: 'the table is emptied at the end, all of it or service by service',
  words: ['VS'],
  effect: 'acted on',
  read: ({ keyword: { text: name }, args: [word] }, report) => {
    if (word === undefined) return 'all';
    if (word.text === 'VS') return 'ours';
    report.warn(word.at, `${name} takes nothing, or VS; the line is ignored, as in keepalived`);
    return undefined;
  },
};

const ONLY_OURS = 'the services of this file are taken out at a stop anyway; those of others stay';
const flush = harmless(flushOnStop, ONLY_OURS);

const NO_NETLINK = 'the checker process has no netlink socket';
const FOR_GROUPS = 'each address of a group is a service of its own';
const signed = (row: Row): Keyword<number> => integer(-2147483648, 2147483647, row);

/** The keywords of `global_defs` that are about IPVS. */
export const IPVS_GLOBAL = {
  lvs_sync_daemon: notYet(syncDaemon, 'connections would not outlive a failover'),
  lvs_timeouts: notSupported(
    timeouts,
    "the kernel's timeouts stay as they are; ipvsadm --set tcp tcpfin udp changes them",
  ),
  lvs_flush: notSupported(
    bare({ means: "the kernel's table is emptied at the start" }),
    'the services of this file are made right at the start; those of others stay',
    on => !on,
  ),
  lvs_flush_on_stop: flush,
  lvs_flush_onstop: oldName(flush, 'lvs_flush_on_stop'),
  lvs_notify_fifo: notYet(
    script({ means: 'a FIFO that each change of a service or server is written to' }),
    'no FIFO is written, and whoever reads it waits for ever',
  ),
  lvs_notify_fifo_script: notSupported(
    script({ means: 'a program that reads that FIFO' }),
    'the program is not started',
  ),
  rs_init_notifies: harmless(
    flag({ means: 'notify_up is run at the start, too', otherwise: 'off' }),
    'notify_up is not run at all',
  ),
  nftables_ipvs: harmless(
    optionalWord('the name of a table', { means: 'a group is one service, by a mark that nftables sets' }),
    FOR_GROUPS,
  ),
  nftables_ipvs_priority: harmless(
    signed({ means: 'priority of its chain', otherwise: 'the default' }),
    FOR_GROUPS,
  ),
  nftables_ipvs_start_fwmark: harmless(
    integer(1, MOST_32_BITS, { means: 'the first mark', default: '1000', otherwise: '1000' }),
    FOR_GROUPS,
  ),
  lvs_netlink_cmd_rcv_bufs: harmless(buffer('answers of the kernel to the checker process'), NO_NETLINK),
  lvs_netlink_cmd_rcv_bufs_force: harmless(forced(), NO_NETLINK),
  lvs_netlink_monitor_rcv_bufs: harmless(buffer('news of the kernel for the checker process'), NO_NETLINK),
  lvs_netlink_monitor_rcv_bufs_force: harmless(forced(), NO_NETLINK),
} satisfies Keywords;
