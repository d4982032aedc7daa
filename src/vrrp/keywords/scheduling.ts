import type { Keyword, Keywords, Row } from '../../lib/keyword.js';
import { bare, flag, harmless, integer, notSupported, word } from '../../lib/keyword-kinds.js';

const MOST_32_BITS = 4294967295;

const buffer = (means: string): Keyword<number> =>
  harmless(integer(0, MOST_32_BITS, { means, otherwise: 'the default of the kernel' }), LOST_MESSAGES);
const forced = (means: string): Keyword<boolean> =>
  harmless(flag({ means, default: 'off', otherwise: 'off' }), LOST_MESSAGES);
const LOST_MESSAGES = 'a lost message makes holdfast read everything again';
const IN_REAL_TIME = 'the vrrp process runs with real-time priority 10 anyway';

function processors(row: Row): Keyword<readonly number[]> {
  const takes = 'the numbers of processors';
  return {
    effect: 'acted on',
    ...row,
    takes,
    read: ({ keyword: { text: name, at }, args }, report) => {
      const strange = args.find(word => !/^\d+$/.test(word.text));
      if (strange === undefined && args.length > 0) return args.map(word => Number(word.text));
      report.warn(
        strange?.at ?? at,
        `${name} takes ${takes}; as in keepalived, ${row.otherwise ?? ''} counts then`,
      );
      return undefined;
    },
  };
}

function bufferPolicy(row: Row): Keyword<'MTU' | 'ADVERT' | number> {
  const takes = 'MTU, ADVERT or a number of bytes';
  return {
    effect: 'acted on',
    ...row,
    takes,
    words: ['MTU', 'ADVERT'],
    read: ({ keyword: { text: name, at }, args: [word] }, report) => {
      const text = word?.text.toUpperCase();
      if (text === 'MTU' || text === 'ADVERT') return text;
      if (text !== undefined && /^\d+$/.test(text)) return Number(text);
      report.warn(
        word?.at ?? at,
        `${name} takes ${takes}; as in keepalived, the default of the kernel counts then`,
      );
      return undefined;
    },
  };
}

/** The keywords of `global_defs` that are about the process that does VRRP. */
export const PROCESS = {
  vrrp_process_name: harmless(
    word('a name', { means: 'what the process of VRRP is called', default: 'keepalived' }),
    'the processes have names of their own',
  ),
  vrrp_priority: harmless(
    integer(-20, 19, { means: 'how nice the process of VRRP is', default: '0', otherwise: '0' }),
    IN_REAL_TIME,
  ),
  vrrp_rt_priority: harmless(
    integer(1, 99, {
      means: 'the real-time priority of the process of VRRP, from 1 to 99',
      otherwise: 'the nearest of them',
    }),
    IN_REAL_TIME,
  ),
  vrrp_rlimit_rttime: harmless(
    integer(1, MOST_32_BITS, {
      means: 'microseconds that it may run in real time without a pause',
      default: '10000',
      otherwise: '10000',
    }),
    'the limit is that of the service',
  ),
  vrrp_no_swap: harmless(
    bare({ means: 'keeps the process of VRRP in memory' }),
    'its code is kept in memory anyway',
  ),
  vrrp_cpu_affinity: notSupported(
    processors({ means: 'the processors that the process of VRRP may run on', otherwise: 'every one' }),
    'the process may run on every processor',
  ),
  vrrp_netlink_cmd_rcv_bufs: buffer('bytes for answers of the kernel'),
  vrrp_netlink_cmd_rcv_bufs_force: forced('more of them than the kernel allows to everybody'),
  vrrp_netlink_monitor_rcv_bufs: buffer('bytes for news of the kernel'),
  vrrp_netlink_monitor_rcv_bufs_force: forced('more of them than the kernel allows to everybody'),
  vrrp_rx_bufs_policy: harmless(
    bufferPolicy({ means: 'bytes for adverts that wait to be read, by the size of what comes' }),
    'the buffers have a size of their own',
  ),
  vrrp_rx_bufs_multiplier: harmless(
    integer(1, MOST_32_BITS, { means: 'how many packets of that size', default: '3', otherwise: '3' }),
    'the buffers have a size of their own',
  ),
} satisfies Keywords;
