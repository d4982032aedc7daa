import type { Keyword, Keywords } from '../../lib/keyword.js';
import { bare, flag, harmless, integer, notSupported, optionalWord, word } from '../../lib/keyword-kinds.js';
import { affinity, buffer, forced, nice, noSwap, realTime, rttime } from '../../lib/keyword-scheduling.js';
import { oldName } from '../../lib/keyword-rows.js';

const MOST_32_BITS = 4294967295;
const isOff = (on: boolean): boolean => !on;

const NAMES = 'the processes are always called holdfast: vrrp and holdfast: checker';
const name = (what: string): Keyword<string> =>
  harmless(word('a name', { means: `what ps shows for ${what}` }), NAMES);
const checkerName = name('the checker process');

const NO_BFD = 'there is no BFD process';
const CHECKER_AS_STARTED = 'the checker process runs as the agent was started; systemd can set it';

/** The keywords of one child. @param not what makes of them what they are here */
const checker = <T>(keyword: Keyword<T>, moot?: (value: T) => boolean): Keyword<T> =>
  notSupported(keyword, CHECKER_AS_STARTED, moot);
const bfd = <T>(keyword: Keyword<T>): Keyword<T> => harmless(keyword, NO_BFD);

const CHECKER = 'the checker process';
const BFD = 'the BFD process';
const checkerRttime = harmless(rttime(CHECKER), 'the checker process has no real-time priority');
const bfdRttime = bfd(rttime(BFD));

const RELOAD_BY_HAND = 'a reload is asked for by holdfast reload or SIGHUP';
const NO_TRACKING = 'it is for track_process, which is refused';
const NO_DUMP = 'the state is read from the control socket';

const includeChecks = ['readable', 'match', 'wildcard_match', 'brace_match'] as const;

/** The keywords of `global_defs` about processes, files and reload. */
export const PROCESS = {
  process_names: harmless(bare({ means: 'each process has a name of its own' }), NAMES),
  process_name: name('the parent process'),
  checker_process_name: checkerName,
  lvs_process_name: oldName(checkerName, 'checker_process_name'),
  bfd_process_name: name('the BFD process'),
  umask: harmless(
    {
      takes: 'an octal number, or names of bits such as IRWXG|IRWXO',
      means: 'permissions that files of the agent do not have',
      default: '0177',
      effect: 'acted on',
      read: ({ keyword: { text, at }, args: [first] }, report) => {
        if (first === undefined) {
          report.error(at, `${text} takes an octal number`);
          return undefined;
        }
        if (
          /^([0-7]{1,4}|I[RWX]{1,3}(USR|GRP|OTH|[UGO])(\|I[RWX]{1,3}(USR|GRP|OTH|[UGO]))*)$/.test(first.text)
        ) {
          return first.text;
        }
        report.warn(
          first.at,
          `${text} takes an octal number, not "${first.text}"; it is ignored, as in keepalived`,
        );
        return undefined;
      },
    } satisfies Keyword<string>,
    'what lies in the state directory is for root alone, or holds no secret',
  ),
  tmp_config_directory: harmless(
    word('a folder', { means: 'where a copy of the configuration is kept' }),
    'no copy is kept',
  ),
  config_save_dir: notSupported(
    word('a folder', { means: 'where the configuration is kept at each reload' }),
    'nothing is kept',
  ),
  random_seed: notSupported(
    integer(0, MOST_32_BITS, { means: 'makes ${_RANDOM} the same at each start', otherwise: 'the time' }),
    '${_RANDOM} is another at each start',
  ),
  reload_check_config: harmless(
    optionalWord('on, off or a file for what is found', { means: 'a file is checked before a reload' }),
    'every file is checked first, and one with an error changes nothing',
  ),
  reload_time_file: notSupported(word('a file', { means: 'says when to reload' }), RELOAD_BY_HAND),
  reload_repeat: harmless(
    bare({ means: 'reload_time_file stays after a reload' }),
    'there is no reload_time_file',
  ),
  reload_file: notSupported(
    word('a file', { means: 'is there while the configuration is read' }),
    'no file is made',
  ),
  include_check: notSupported(
    {
      takes: `one or more of ${includeChecks.join(', ')}, perhaps with + or - before them`,
      means: 'which failures of include are errors',
      words: includeChecks,
      effect: 'acted on',
      read: ({ args }) => args.map(arg => arg.text),
    } satisfies Keyword<readonly string[]>,
    'the letter behind include decides: includer, includem, includew, includeb, includea',
  ),
  data_use_instance: harmless(
    flag({ means: 'files of data have the name of the instance', otherwise: 'off' }),
    NO_DUMP,
  ),
  state_dump_file: notSupported(word('a file', { means: 'where SIGUSR1 writes the state' }), NO_DUMP),
  stats_dump_file: notSupported(word('a file', { means: 'where SIGUSR2 writes the counters' }), NO_DUMP),
  json_dump_file: notSupported(word('a file', { means: 'where the state is written as JSON' }), NO_DUMP),
  json_version: notSupported(
    integer(1, 2, { means: 'layout of that file', default: '1', otherwise: '1' }),
    'the control socket has a layout of its own',
  ),
  iproute_usr_dir: harmless(
    word('a folder', { means: 'where the names of routing tables are' }),
    'routes are refused so far',
  ),
  iproute_etc_dir: harmless(
    word('a folder', { means: 'where more names of routing tables are' }),
    'routes are refused so far',
  ),
  max_auto_priority: harmless(
    integer(-1, 99, {
      means: 'real-time priority to rise to when timers are late',
      default: '0',
      otherwise: '0',
    }),
    'the vrrp process has real-time priority from the start',
  ),
  min_auto_priority_delay: harmless(
    integer(1, 10000000, {
      means: 'microseconds from which on a timer is late',
      default: '1000000',
      otherwise: '1000000',
    }),
    'the vrrp process has real-time priority from the start',
  ),
  checker_priority: checker(nice(CHECKER), n => n === 0),
  bfd_priority: bfd(nice(BFD)),
  checker_no_swap: checker(noSwap(CHECKER), isOff),
  bfd_no_swap: bfd(noSwap(BFD)),
  checker_rt_priority: checker(realTime(CHECKER)),
  bfd_rt_priority: bfd(realTime(BFD)),
  checker_cpu_affinity: checker(affinity(CHECKER)),
  bfd_cpu_affinity: bfd(affinity(BFD)),
  checker_rlimit_rttime: checkerRttime,
  checker_rlimit_rtime: oldName(checkerRttime, 'checker_rlimit_rttime'),
  bfd_rlimit_rttime: bfdRttime,
  bfd_rlimit_rtime: oldName(bfdRttime, 'bfd_rlimit_rttime'),
  process_monitor_rcv_bufs: harmless(buffer('news of processes'), NO_TRACKING),
  process_monitor_rcv_bufs_force: harmless(forced(), NO_TRACKING),
} satisfies Keywords;
