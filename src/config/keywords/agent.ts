import { readBlock, type Keyword, type Keywords, type Values } from '../../lib/keyword.js';
import {
  bare,
  block,
  flag,
  harmless,
  integer,
  lines,
  notSupported,
  notYet,
  secret,
  word,
} from '../../lib/keyword-kinds.js';
import { account } from '../../lib/keyword-account.js';
import { oldName, partsOf } from '../../lib/keyword-rows.js';
import { script } from '../../lib/keyword-script.js';

const isOff = (on: boolean): boolean => !on;

/** Without notification_email keepalived sends no mail either: it is said there, and once is enough. */
const mail = <T>(keyword: Keyword<T>): Keyword<T> =>
  harmless(keyword, 'no mail is sent, as is said at notification_email');

const smtpAlert = (means: string): Keyword<boolean> => mail(flag({ means, otherwise: 'nothing' }));

/** Seconds that keepalived reads without decimals. */
const LONGEST_CONNECT = 4294;

const MAIL = {
  notification_email: notSupported(
    lines('a block of addresses', { means: 'whom mail is sent to' }, ([first]) => first.text),
    'no mail is sent',
  ),
  notification_email_from: mail(word('an address', { means: 'who mail is from', mayBeEmpty: true })),
  smtp_server: mail({
    takes: 'HOST [PORT]',
    means: 'who takes mail',
    effect: 'acted on',
    read: ({ args: [host, port] }, report) => {
      if (host === undefined) return undefined;
      if (port !== undefined && !(/^\d{1,5}$/.test(port.text) && Number(port.text) <= 65535)) {
        report.warn(port.at, `smtp_server takes a port, not "${port.text}"; keepalived ignores the line`);
      }
      return host.text;
    },
  } satisfies Keyword<string>),
  smtp_helo_name: mail(word('a name', { means: 'how that server is greeted' })),
  smtp_connect_timeout: mail(
    integer(0, LONGEST_CONNECT, { means: 'seconds to wait for that server', default: '30', otherwise: '30' }),
  ),
  smtp_alert: smtpAlert('everything that changes is mailed, where nothing else is said'),
  smtp_alert_vrrp: smtpAlert('role changes are mailed, where nothing else is said'),
  smtp_alert_checker: smtpAlert('changes of services and servers are mailed, where nothing else is said'),
  no_email_faults: mail(bare({ means: 'the role FAULT is not mailed' })),
  no_checker_emails: mail(bare({ means: 'what a check finds is mailed only when a server comes or goes' })),
} satisfies Keywords;

const FOR_SCRIPTS = 'no script is run yet';
const LONGEST_SCRIPT = 1000;

const limit = (what: string): Keyword<number> =>
  harmless(
    integer(1, LONGEST_SCRIPT, {
      means: `seconds after which ${what} is killed`,
      default: '10',
      otherwise: '10',
    }),
    'the script is not run',
  );

const SCRIPTS = {
  startup_script: notYet(script({ means: 'run before the agent begins' }), 'what it prepares is not there'),
  startup_script_timeout: limit('startup_script'),
  shutdown_script: notSupported(script({ means: 'run when the agent has ended' }), 'the script is not run'),
  shutdown_script_timeout: limit('shutdown_script'),
  script_user: account({
    means: 'whom scripts run as; keepalived_script where there is that account',
    mayBeEmpty: true,
  }),
  enable_script_security: bare({ means: 'no script runs as root that others than root may change' }),
  set_supplementary_groups: harmless(bare({ means: 'scripts get all groups of their user' }), FOR_SCRIPTS),
  use_symlink_paths: harmless(
    bare({ means: 'scripts are called by the names that are written' }),
    FOR_SCRIPTS,
  ),
} satisfies Keywords;

const routerId = word('a name', {
  means: "names this router to people, such as where a pair is compared; the host's name",
  mayBeEmpty: true,
});

/** The keywords of `global_defs` about who the agent is, mail and scripts. */
export const IDENTITY = {
  router_id: routerId,
  lvs_id: {
    ...oldName(routerId, 'router_id'),
    warning: 'keepalived knows lvs_id no longer and ignores it; here it works as router_id',
  },
  ...MAIL,
  checker_log_all_failures: notSupported(
    flag({ means: 'each failed try of a check is logged', otherwise: 'off' }),
    'each change of a verdict is logged, not each failed try',
    isOff,
  ),
  ...SCRIPTS,
} satisfies Keywords;

const SSL = partsOf({
  password: secret('a password', { means: 'opens the key' }),
  ca: word('a file', { means: 'whom to trust' }),
  certificate: word('a file', { means: 'who we are' }),
  key: word('a file', { means: 'the key of that certificate' }),
}) satisfies Keywords;

/** The keywords of the file's top level that are about the agent as a whole. */
export const AGENT_TOP = {
  net_namespace: notYet(
    word('a name', { means: 'the agent moves into this network namespace' }),
    'the agent stays in the namespace it is started in; ip netns exec chooses one',
  ),
  net_namespace_ipvs: notYet(
    word('a name', { means: 'the table of this network namespace is kept' }),
    'the table of the namespace that the agent is started in is kept',
  ),
  namespace_with_ipsets: harmless(
    bare({ means: 'ipsets are used in a namespace on old kernels, too' }),
    'there are no ipsets',
  ),
  instance: harmless(
    word('a name', { means: 'names the pid files' }),
    'there are no pid files; --socket and --state-dir keep several agents apart',
  ),
  use_pid_dir: harmless(bare({ means: 'pid files lie in a folder of their own' }), 'there are no pid files'),
  linkbeat_use_polling: notSupported(
    bare({ means: 'interfaces are asked whether they have a link' }),
    "the kernel's news of a link counts",
    isOff,
  ),
  child_wait_time: harmless(
    integer(0, 4294967295, {
      means: 'seconds that the processes have to end',
      default: '5',
      otherwise: '5',
    }),
    'the vrrp process has 4 s, and the checker process 15 s',
  ),
  SSL: notYet(
    block<Values<typeof SSL>>(
      'a block',
      { means: 'certificates for SSL_GET', within: SSL },
      (statement, body, report) => readBlock(SSL, body, 'SSL', statement.keyword.at, report),
    ),
    'SSL_GET shows no certificate to the servers',
    ({ value }) => value.certificate === undefined && value.key === undefined,
  ),
} satisfies Keywords;
