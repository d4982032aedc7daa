import { alpha, hostName, timing } from '../../checkers/keywords/common.js';
import { readBlock, type Keyword, type Keywords, type Values } from '../../lib/keyword.js';
import { address } from '../../lib/keyword-address.js';
import { bare, block, harmless, integer, notSupported, notYet } from '../../lib/keyword-kinds.js';
import { script } from '../../lib/keyword-script.js';
import type { Place } from '../../lib/problem.js';
import { BALANCING, method } from './balancing.js';
import { readEndpoint, readService, type Endpoint, type Group, type Mark } from './endpoint.js';
import { virtualServerGroup } from './group.js';
import { MOST_WEIGHT, NO_SCRIPT, realServer, REPORTED } from './server.js';

const MOST_QUORUM = 4294967295;

/** A server that nobody can reach is as good as none. */
const sorryServer: Keyword<Endpoint & { readonly at: Place }> = {
  takes: 'ADDRESS [PORT]',
  means: 'takes the connections while the quorum is lost',
  otherwise: 'none',
  effect: 'acted on',
  read: (statement, report) => {
    const where = readEndpoint(statement, report, (at, message, hint) => {
      report.warn(at, `${message}; as in keepalived, there is no sorry server then`, hint);
    });
    return where === undefined ? undefined : { ...where, at: statement.args[0]?.at ?? statement.keyword.at };
  },
};

/** The keywords of virtual_server. */
export const VIRTUAL_SERVER = {
  ...BALANCING,
  ...timing('virtual_server'),
  alpha: alpha('virtual_server'),
  omega: notSupported(
    bare({ means: 'quorum_down and notify_down are run when the agent stops' }),
    'no script is run at the end',
    on => !on,
  ),
  weight: integer(1, MOST_WEIGHT, {
    means: 'weight of real servers that name none',
    default: '1',
    otherwise: '1',
  }),
  inhibit_on_failure: bare({ means: 'weight 0 in place of removal when a check fails' }),
  quorum: integer(1, MOST_QUORUM, {
    means: 'weight that must be alive for the service to count as up',
    default: '1',
    otherwise: '1',
  }),
  hysteresis: integer(0, MOST_QUORUM, {
    means: 'weight above quorum that makes the service up again, and below it that makes it down',
    default: '0',
    otherwise: '0',
  }),
  quorum_up: notYet(script({ means: 'run when the quorum is reached' }), NO_SCRIPT),
  quorum_down: notYet(script({ means: 'run when the quorum is lost' }), NO_SCRIPT),
  ha_suspend: notSupported(
    bare({ means: 'nothing is checked while the address of the service is not here' }),
    'the checks run on the backup, too',
    on => !on,
  ),
  virtualhost: hostName('the Host header of HTTP checks that name none: ADDRESS:PORT', 'ADDRESS:PORT'),
  sorry_server: sorryServer,
  sorry_server_inhibit: bare({
    means: 'weight 0 in place of removal for sorry_server while the quorum is there',
  }),
  sorry_server_lvs_method: method({
    means: 'how packets reach sorry_server: lvs_method',
    otherwise: 'lvs_method',
  }),
  nat_mask: harmless(
    address({
      means: 'an option of Linux 2.2',
      otherwise: 'nothing',
      warning: 'nat_mask has had no effect since the IPVS of Linux 2.4; leave it out',
    }),
    'the kernel has no such option',
  ),
  ...REPORTED,
  real_server: realServer,
} satisfies Keywords;

/** A virtual server as it stands in the file. */
export interface ServiceDraft {
  readonly at: Place;
  /** Undefined after a report. */
  readonly where: Endpoint | Mark | Group | undefined;
  readonly values: Values<typeof VIRTUAL_SERVER>;
}

/** The keywords of the file's top level that are about IPVS. */
export const IPVS_TOP = {
  virtual_server: block<readonly ServiceDraft[]>(
    'ADDRESS [PORT], fwmark NUMBER or group NAME, and a block',
    { means: 'a service of the kernel, with its real servers', within: VIRTUAL_SERVER },
    (statement, body, report, before) => {
      const at = statement.keyword.at;
      const where = readService(statement, report);
      const values = readBlock(VIRTUAL_SERVER, body, 'virtual_server', at, report);
      // There may be thousands: the list is added to, and not copied each time.
      const all = (before ?? []) as ServiceDraft[];
      all.push({ at, where, values });
      return all;
    },
  ),
  virtual_server_group: virtualServerGroup,
} satisfies Keywords;
