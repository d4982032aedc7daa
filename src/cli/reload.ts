import type { ReloadAnswer } from '../proc/reload.js';
import { ask, settingsFor, type Refusal } from './agent.js';
import { EXIT } from './exit.js';
import { showPlan, showProblems } from './show-plan.js';

/**
 * `holdfast reload`: has the running agent read its file again.
 * @returns the exit status: 0 when the file is in force, 1 when nothing has changed, 3 when no agent answers
 */
export async function reload(flags: { readonly socket?: string; readonly json?: boolean }): Promise<number> {
  const answer = await ask(settingsFor(flags).socket, 'POST', '/v1/reload');
  if (answer === undefined) return EXIT.noAgent;
  const body = answer.body as ReloadAnswer | Refusal;
  const done = answer.status === 200;
  if (flags.json === true) process.stdout.write(`${JSON.stringify(body, null, 2)}\n`);
  else if ('plan' in body) process.stdout.write(showReload(body));
  else process.stderr.write(`${body.error.message}\n`);
  return done ? EXIT.ok : EXIT.no;
}

function showReload({ file, ok, why, problems, plan }: ReloadAnswer): string {
  const verdict = ok ? 'in force' : `${why ?? ''}: nothing has changed`;
  return showProblems(file, problems, verdict) + (plan === null ? '' : showPlan(plan));
}
