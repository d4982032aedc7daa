import type { Keyword, Row } from './keyword.js';
import { bare, flag, integer, lacks } from './keyword-kinds.js';

const MOST_32_BITS = 4294967295;

/** How nice a process is. @param what the process; so with the others */
export const nice = (what: string): Keyword<number> =>
  integer(-20, 19, { means: `niceness of ${what}`, default: '0', otherwise: '0', mayBeEmpty: true });

/** Whether its memory is kept from the swap. */
export const noSwap = (what: string): Keyword<boolean> => bare({ means: `${what} is not swapped out` });

export const realTime = (what: string): Keyword<number> =>
  integer(1, 99, {
    means: `real-time priority of ${what}`,
    otherwise: 'the nearest that there is',
    mayBeEmpty: true,
  });

/** The processors that it runs on. */
export const affinity = (what: string): Keyword<readonly number[]> => {
  const takes = 'numbers of processors';
  const row: Row = { means: `which processors ${what} runs on`, mayBeEmpty: true };
  return {
    ...row,
    takes,
    effect: 'acted on',
    read: (statement, report) => {
      const { keyword, args } = statement;
      if (args.length === 0) {
        lacks(row, statement, takes, report);
        return undefined;
      }
      const strange = args.find(arg => !/^\d+$/.test(arg.text));
      if (strange === undefined) return args.map(arg => Number(arg.text));
      report.warn(
        strange.at,
        `${keyword.text} takes ${takes}, not "${strange.text}"; it is ignored, as in keepalived`,
      );
      return undefined;
    },
  };
};

/** RLIMIT_RTTIME (setrlimit(2)). */
export const rttime = (what: string): Keyword<number> =>
  integer(1, MOST_32_BITS, {
    means: `microseconds for which ${what} may run without a pause in real time`,
    default: '10000',
    otherwise: '10000',
  });

/** The receive buffer of a socket. @param what what comes by it */
export const buffer = (what: string): Keyword<number> =>
  integer(0, MOST_32_BITS, {
    means: `bytes for ${what}`,
    otherwise: "the kernel's default",
    mayBeEmpty: true,
  });

/** Whether such a buffer may be larger than the system allows to everybody (SO_RCVBUFFORCE). */
export const forced = (): Keyword<boolean> =>
  flag({ means: 'more of them than the system allows', otherwise: 'off' });
