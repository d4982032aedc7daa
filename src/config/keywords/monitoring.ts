import type { Keyword, Keywords } from '../../lib/keyword.js';
import { bare, harmless, notSupported, secondsFrom, word } from '../../lib/keyword-kinds.js';
import { oldName } from '../../lib/keyword-rows.js';

const NO_SNMP = 'there is no SNMP; the state is read from the control socket';
const NO_DBUS = 'there is no D-Bus; the state is read from the control socket';

/** What is asked for by whoever looks at the agent, and is not there. */
const wanted = (means: string, here: string): Keyword<boolean> =>
  notSupported(bare({ means }), here, on => !on);

const vrrpSnmp = wanted("VRRP in keepalived's own MIB", NO_SNMP);

/** The keywords of `global_defs` about SNMP and D-Bus. */
export const MONITORING = {
  snmp_socket: harmless(
    word('an address', {
      means: 'where the SNMP agent listens',
      default: 'unix:/var/agentx/master',
      mayBeEmpty: true,
    }),
    NO_SNMP,
  ),
  enable_traps: wanted('changes are told by SNMP', NO_SNMP),
  enable_snmp_vrrp: vrrpSnmp,
  enable_snmp_keepalived: oldName(vrrpSnmp, 'enable_snmp_vrrp'),
  enable_snmp_checker: wanted("services and servers in keepalived's own MIB", NO_SNMP),
  enable_snmp_rfc: wanted('VRRP in both MIBs of the RFCs', NO_SNMP),
  enable_snmp_rfcv2: wanted('VRRPv2 in the MIB of RFC 2787', NO_SNMP),
  enable_snmp_rfcv3: wanted('VRRPv3 in the MIB of RFC 6527', NO_SNMP),
  snmp_vs_stats_update_interval: harmless(
    secondsFrom(0.001, 30, {
      means: 'seconds for which counters of services are kept',
      default: '5',
      otherwise: '5',
    }),
    NO_SNMP,
  ),
  snmp_rs_stats_update_interval: harmless(
    secondsFrom(0.001, 30, {
      means: 'seconds for which counters of servers are kept: as those of services',
      otherwise: 'that of services',
    }),
    NO_SNMP,
  ),
  enable_dbus: wanted('VRRP is on D-Bus', NO_DBUS),
  dbus_service_name: harmless(
    word('a name', { means: 'what it is called there', default: 'org.keepalived.Vrrp1' }),
    NO_DBUS,
  ),
  dbus_no_interface_name: harmless(
    word('a name', { means: 'stands there for an interface where there is none' }),
    NO_DBUS,
  ),
} satisfies Keywords;
