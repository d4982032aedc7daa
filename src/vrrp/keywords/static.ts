import type { Keywords, Word } from '../../lib/keyword.js';
import { lines, notSupported, notYet } from '../../lib/keyword-kinds.js';
import { partsOf } from '../../lib/keyword-rows.js';
import { addresses, hasNoAddress, STATIC_ADDRESS } from './address.js';
import { wrongDevice } from './kinds.js';
import { routes, STATIC_ROUTE } from './route.js';
import { rules, STATIC_RULE } from './rule.js';

const LONGEST_DELAY = 255;
const isEmpty = (list: readonly unknown[]): boolean => list.length === 0;

/** How the link of an interface is asked for. */
export interface Linkbeat {
  readonly device: Word;
  readonly by: Word | undefined;
}

const BY = ['MII', 'ETHTOOL', 'IOCTL'] as const;

const linkbeat = lines<Linkbeat>(
  'a block of interfaces, each with MII, ETHTOOL or IOCTL behind it or not',
  { means: 'asks these interfaces for their link, again and again' },
  ([name, by, extra], report) => {
    const wrong = wrongDevice(name.text);
    if (wrong !== undefined) report.error(name.at, wrong.message, wrong.hint);
    const strange = by !== undefined && !BY.some(kind => kind === by.text) ? by : extra;
    if (strange !== undefined) {
      report.warn(strange.at, `"${strange.text}" is ignored`, `write ${BY.join(', ')}`);
    }
    return wrong === undefined ? { device: name, by: strange === by ? undefined : by } : undefined;
  },
);

/** How long a change of a link must last before it counts; milliseconds. */
export interface LinkDelays {
  readonly device: Word;
  readonly downMs: number;
  /** keepalived's manual says that it is the same as the first where it is left out; its code makes it 0. */
  readonly upMs: number;
}

const delays = lines<LinkDelays>(
  `a block of interfaces, each with seconds to ${LONGEST_DELAY} for down and for up`,
  { means: 'how long a change of the link must last before it counts' },
  ([name, down, up, extra], report) => {
    const wrong = wrongDevice(name.text);
    if (wrong !== undefined) report.error(name.at, wrong.message, wrong.hint);
    if (extra !== undefined) report.warn(extra.at, `"${extra.text}" is ignored`);
    const [downMs = 0, upMs = 0] = [down, up].map(word => {
      if (word === undefined) return 0;
      const seconds = /^\d+(\.\d*)?$/.test(word.text) ? Number(word.text) : NaN;
      if (seconds <= LONGEST_DELAY) return seconds * 1000;
      report.warn(word.at, `a delay is seconds to ${LONGEST_DELAY}, not "${word.text}"; it is ignored`);
      return 0;
    });
    return wrong === undefined ? { device: name, downMs, upMs } : undefined;
  },
);

/** The keywords of the file's top level that are about the machine. */
export const STATIC = {
  static_ipaddress: notYet(
    addresses(partsOf(STATIC_ADDRESS), { means: 'addresses that are always there' }),
    'nothing would add these addresses',
    hasNoAddress,
  ),
  static_routes: notYet(
    routes(partsOf(STATIC_ROUTE), { means: 'routes that are always there' }),
    'nothing would add these routes',
    isEmpty,
  ),
  static_rules: notYet(
    rules(partsOf(STATIC_RULE), { means: 'rules that are always there' }),
    'nothing would add these rules',
    isEmpty,
  ),
  linkbeat_interfaces: notSupported(linkbeat, "the kernel's news of a link counts", isEmpty),
  interface_up_down_delays: notSupported(delays, 'a change of the link counts at once', list =>
    list.every(({ downMs, upMs }) => downMs === 0 && upMs === 0),
  ),
} satisfies Keywords;
