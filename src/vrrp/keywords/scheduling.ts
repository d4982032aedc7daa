import type { Keywords } from '../../lib/keyword.js';
import { harmless, integer, notSupported, one, word } from '../../lib/keyword-kinds.js';
import { affinity, buffer, forced, nice, noSwap, realTime, rttime } from '../../lib/keyword-scheduling.js';

const VRRP = 'the vrrp process';
const LOST_MESSAGES = 'a lost message makes holdfast read everything again';
const IN_REAL_TIME = 'the vrrp process runs with real-time priority 10 anyway';
const OWN_SIZE = 'the buffers have a size of their own';

const bufferPolicy = one(
  'MTU, ADVERT or a number of bytes',
  text => {
    const word = (['MTU', 'ADVERT'] as const).find(known => known === text.toUpperCase());
    return word ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  },
  {
    means: 'bytes for adverts that wait to be read, by the size of what comes',
    otherwise: "the kernel's default",
    mayBeEmpty: true,
  },
);

/** The keywords of `global_defs` that are about the process that does VRRP. */
export const PROCESS = {
  vrrp_process_name: harmless(
    word('a name', { means: 'what ps shows for the vrrp process', default: 'keepalived' }),
    'it is always called holdfast: vrrp',
  ),
  vrrp_priority: harmless(nice(VRRP), IN_REAL_TIME),
  vrrp_rt_priority: harmless(realTime(VRRP), IN_REAL_TIME),
  vrrp_rlimit_rttime: harmless(rttime(VRRP), 'the limit is that of the service'),
  vrrp_no_swap: harmless(noSwap(VRRP), 'its code is kept in memory anyway'),
  vrrp_cpu_affinity: notSupported(affinity(VRRP), 'the process may run on every processor'),
  vrrp_netlink_cmd_rcv_bufs: harmless(buffer('answers of the kernel'), LOST_MESSAGES),
  vrrp_netlink_cmd_rcv_bufs_force: harmless(forced(), LOST_MESSAGES),
  vrrp_netlink_monitor_rcv_bufs: harmless(buffer('news of the kernel'), LOST_MESSAGES),
  vrrp_netlink_monitor_rcv_bufs_force: harmless(forced(), LOST_MESSAGES),
  vrrp_rx_bufs_policy: harmless({ ...bufferPolicy, words: ['MTU', 'ADVERT'] }, OWN_SIZE),
  vrrp_rx_bufs_multiplier: harmless(
    integer(1, 4294967295, {
      means: 'how many packets of that size',
      default: '3',
      otherwise: '3',
      mayBeEmpty: true,
    }),
    OWN_SIZE,
  ),
} satisfies Keywords;
