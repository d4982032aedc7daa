import { commandOf } from '../../lib/command.js';
import type { ScriptDefaults } from '../../lib/keyword-account.js';
import type { Named } from '../../lib/keyword-kinds.js';
import type { Report } from '../../lib/problem.js';
import type { Script } from '../../lib/keyword-script.js';
import type { Command, Notify, VrrpScript } from '../../scripts/script.js';
import type { InstanceDraft } from './instance.js';
import type { SCRIPT } from '../keywords/script.js';

/** @returns what instances tell programs, of those that tell any */
export function completeNotify(
  drafts: readonly InstanceDraft[],
  defaults: ScriptDefaults,
): readonly Notify[] {
  return drafts.flatMap(({ name: instance, values: { value } }): Notify[] => {
    const command = (script: Script | undefined): Command | null => commandFor(script, defaults);
    const states = {
      MASTER: command(value.notify_master),
      BACKUP: command(value.notify_backup),
      FAULT: command(value.notify_fault),
      STOP: command(value.notify_stop),
    };
    const on = Object.fromEntries(Object.entries(states).filter(([, one]) => one !== null)) as Notify['on'];
    const any = command(value.notify);
    return any === null && Object.keys(on).length === 0 ? [] : [{ instance, on, any }];
  });
}

/** What cannot be run is said where it is read. */
function commandFor(script: Script | undefined, { account, isSecure }: ScriptDefaults): Command | null {
  if (script === undefined) return null;
  const found = commandOf(script.command);
  if ('wrong' in found) return null;
  const whom = script.user === undefined ? account : { user: script.user, group: script.group };
  return {
    argv: found.words,
    user: whom?.user.text ?? null,
    group: whom?.group?.text.replace(/^:/, '') ?? null,
    isSecure,
  };
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
