import type { Keyword, Keywords } from '../../lib/keyword.js';
import { flag, harmless, notYet } from '../../lib/keyword-kinds.js';
import { script, type Script } from '../../lib/keyword-script.js';

const told = (means: string): Keyword<Script> => notYet(script({ means }), 'no script is run');

/** Who is told of roles, in `vrrp_instance` and `vrrp_sync_group`. */
export const NOTIFY = {
  notify_master: told('run when it becomes master'),
  notify_backup: told('run when it becomes backup'),
  notify_fault: told('run when it fails'),
  notify_stop: told('run when keepalived stops'),
  notify: told('run at each change of its role, with what it is, its name, its role and its priority'),
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

/** What only an instance tells. */
export const NOTIFY_INSTANCE = {
  ...NOTIFY,
  notify_deleted: notYet(deleted, 'no script is run', value => value === 'told'),
  notify_master_rx_lower_pri: told('run when it hears a lesser master while it is master'),
} satisfies Keywords;
