import { CHECKS } from '../../checkers/keywords/checks.js';
import { alpha, hostName, timing } from '../../checkers/keywords/common.js';
import { readBlock, type Keyword, type Keywords, type Statement, type Values } from '../../lib/keyword.js';
import { block, flag, harmless, integer, notSupported, notYet, word } from '../../lib/keyword-kinds.js';
import { script } from '../../lib/keyword-script.js';
import type { Place, Report } from '../../lib/problem.js';
import { method } from './balancing.js';
import { readEndpoint } from './endpoint.js';

/** The kernel's own limit: weights are signed 32 bits. */
export const MOST_WEIGHT = 2147483647;
const MOST_CONNECTIONS = 4294967295;

export const NO_SCRIPT = 'the script is not run';

/** What virtual servers and real servers know alike. */
export const REPORTED = {
  smtp_alert: harmless(
    flag({ means: 'each change is mailed', otherwise: 'off' }),
    'no mail is sent, as is said at notification_email',
  ),
  snmp_name: harmless(word('a text', { means: 'its name for SNMP' }), 'there is no SNMP'),
} satisfies Keywords;

const threshold = (means: string): Keyword<number> =>
  notYet(
    integer(0, MOST_CONNECTIONS, { means, otherwise: '0' }),
    'the server takes connections without limit',
    number => number === 0,
  );

/** The keywords of real_server. */
export const REAL_SERVER = {
  weight: integer(0, MOST_WEIGHT, {
    means: "share of the connections: the virtual server's, 1",
    otherwise: "the virtual server's",
  }),
  inhibit_on_failure: flag({
    means: "weight 0 in place of removal when a check fails: the virtual server's",
    otherwise: "the virtual server's",
  }),
  ...timing('real_server'),
  virtualhost: hostName("the Host header of HTTP checks: the virtual server's", "the virtual server's"),
  alpha: alpha('real_server'),
  ...CHECKS,
  lvs_method: method({
    means: "how packets reach this server: the virtual server's",
    otherwise: "the virtual server's",
  }),
  uthreshold: threshold('connections at which the server is full, 0 for never'),
  lthreshold: threshold(
    'connections at which a server that was full takes more, 0 for three quarters of uthreshold',
  ),
  notify_up: notSupported(script({ means: 'run when the server comes up' }), NO_SCRIPT),
  notify_down: notSupported(script({ means: 'run when the server goes down' }), NO_SCRIPT),
  ...REPORTED,
} satisfies Keywords;

/** A real server as it stands in the file. */
export interface ServerDraft {
  readonly address: string;
  /** Undefined when the file names none. */
  readonly port: number | undefined;
  readonly at: Place;
  readonly values: Values<typeof REAL_SERVER>;
}

/** The keyword of a virtual server that adds a real server. */
export const realServer = block<readonly ServerDraft[]>(
  'ADDRESS [PORT] and a block',
  { means: 'a server that takes a share of the connections', within: REAL_SERVER },
  (statement, body, report, before) => {
    const draft = draftServer(statement, body, report);
    // There may be thousands: the list is added to, and not copied each time.
    const all = (before ?? []) as ServerDraft[];
    if (draft !== undefined) all.push(draft);
    return all;
  },
);

function draftServer(
  statement: Statement,
  body: readonly Statement[],
  report: Report,
): ServerDraft | undefined {
  const where = readEndpoint(statement, report, (at, message, hint) => {
    report.warn(at, `${message}; the server is left out, as in keepalived`, hint);
  });
  const at = statement.keyword.at;
  const values = readBlock(REAL_SERVER, body, 'real_server', at, report);
  return where === undefined ? undefined : { ...where, at: statement.args[0]?.at ?? at, values };
}
