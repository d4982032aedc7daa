import type { Keyword, Keywords } from '../../lib/keyword.js';
import { flag, harmless, notYet } from '../../lib/keyword-kinds.js';
import { script, type Script } from '../../lib/keyword-script.js';

const MEANS = {
  notify_master: 'run when it becomes master',
  notify_backup: 'run when it becomes backup',
  notify_fault: 'run when it fails',
  notify_stop: 'run when the agent stops',
  notify: 'run at each change of its role, with what it is, its name, its role and its priority',
} as const;

const NEWS = {
  notify_priority_changes: harmless(
    flag({
      means: 'tells the FIFOs when its priority changes',
      otherwise: 'what global_defs says',
    }),
    'the FIFOs are refused',
  ),
  smtp_alert: harmless(
    flag({ means: 'mails each change of its role', default: 'off', otherwise: 'off' }),
    'no mail is sent, as is said at notification_email',
  ),
} satisfies Keywords;

const told = (means: string): Keyword<Script> => notYet(script({ means }), 'no script is run');

/** Whom a `vrrp_sync_group` tells of roles. */
export const NOTIFY_GROUP = {
  notify_master: told(MEANS.notify_master),
  notify_backup: told(MEANS.notify_backup),
  notify_fault: told(MEANS.notify_fault),
  notify_stop: told(MEANS.notify_stop),
  notify: told(MEANS.notify),
  ...NEWS,
} satisfies Keywords;

const program = script({
  means: 'run when it is gone after a reload; without a program, others are told DELETED in place of FAULT',
});

const deleted: Keyword<Script | 'told'> = {
  effect: 'acted on',
  means: program.means,
  takes: `nothing, or ${program.takes}`,
  read: (statement, report) =>
    statement.args.length === 0 ? 'told' : program.read(statement, report, undefined),
};

/** Whom an instance tells of roles. */
export const NOTIFY_INSTANCE = {
  notify_master: script({ means: MEANS.notify_master }),
  notify_backup: script({ means: MEANS.notify_backup }),
  notify_fault: script({ means: MEANS.notify_fault }),
  notify_stop: script({ means: MEANS.notify_stop }),
  notify: script({ means: MEANS.notify }),
  ...NEWS,
  notify_deleted: notYet(deleted, 'no script is run', value => value === 'told'),
  notify_master_rx_lower_pri: told('run when it hears a lesser master while it is master'),
} satisfies Keywords;
