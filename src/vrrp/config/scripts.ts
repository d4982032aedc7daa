import { commandOf } from '../../lib/command.js';
import type { Account } from '../../lib/keyword-account.js';
import type { Named } from '../../lib/keyword-kinds.js';
import type { Report } from '../../lib/problem.js';
import type { VrrpScript } from '../../scripts/script.js';
import type { SCRIPT } from '../keywords/script.js';

/** What `global_defs` says of all scripts. */
export interface ScriptDefaults {
  /** Whom scripts run as that name nobody. */
  readonly account: Account | undefined;
  /** Are scripts refused that run as root and that others may change? */
  readonly isSecure: boolean;
}

/**
 * Fills in what scripts leave out.
 * @param watched the names of those that some instance watches: keepalived runs no other
 */
export function completeScripts(
  drafts: readonly Named<typeof SCRIPT>[],
  watched: ReadonlySet<string>,
  { account, isSecure }: ScriptDefaults,
  report: Report,
): readonly VrrpScript[] {
  return drafts.flatMap(({ name, values: { value } }): VrrpScript[] => {
    if (value.script === undefined || !watched.has(name)) return [];
    const command = commandOf(value.script);
    if ('wrong' in command) {
      report.warn(
        value.script.at,
        `${command.wrong}: this cannot be run, and keepalived leaves it out`,
        'write the path of a program with its arguments in quotes',
      );
      return [];
    }
    const whom = value.user ?? account;
    const intervalMs = value.interval ?? 1000;
    return [
      {
        name,
        command: {
          argv: command.words,
          user: whom?.user.text ?? null,
          group: whom?.group?.text ?? null,
          isSecure,
        },
        intervalMs,
        timeoutMs: value.timeout ?? intervalMs,
        rise: value.rise ?? 1,
        fall: value.fall ?? 1,
        initFail: value.init_fail === true,
      },
    ];
  });
}
