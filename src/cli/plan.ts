import { canonical } from '../config/print.js';
import { problemForPrograms, withoutNotes } from '../config/show.js';
import { askAgent, type Answer } from '../io/state-client.js';
import { planFromKernel } from '../proc/kernel-plan.js';
import type { ReloadAnswer } from '../proc/reload.js';
import type { Settings } from '../proc/settings.js';
import { settingsFor } from './agent.js';
import { EXIT } from './exit.js';
import { showPlan, showProblems } from './show-plan.js';
import { defaultFile, readSource, type Source } from './source.js';

export interface PlanFlags {
  readonly file?: string;
  readonly configId?: string;
  readonly socket?: string;
  readonly json?: boolean;
}

/** What a file would change, and what that was compared with. */
interface PlanAnswer extends ReloadAnswer {
  readonly against: 'agent' | 'kernel';
}

/**
 * `holdfast plan`: what a reload would change in the running agent, or, where none runs, what a start would change in
 * the kernel. Changes nothing.
 * @returns the exit status: 0, or 1 when the file cannot be used
 */
export async function plan(flags: PlanFlags): Promise<number> {
  const settings = settingsFor(flags);
  const file = flags.file ?? (await fileOfAgent(settings.socket)) ?? defaultFile();
  const answer = await planFor(settings, readSource(file, flags.configId));
  process.stdout.write(flags.json === true ? `${JSON.stringify(answer, null, 2)}\n` : show(answer));
  return answer.ok ? EXIT.ok : EXIT.no;
}

/** The file is read here, with the rights of whoever asks; the agent is given what it says. */
async function planFor(settings: Settings, source: Source): Promise<PlanAnswer> {
  const { file, model, statements, texts } = source;
  const problems = withoutNotes(source.problems).map(problem => problemForPrograms(problem, texts));
  const about = { file, problems };
  if (model === undefined) {
    return { ...about, against: 'agent', ok: false, why: 'it cannot be used', plan: null };
  }
  const answer = await whereThereIsOne(askAgent(settings.socket, 'POST', '/v1/plan', canonical(statements)));
  if (answer === undefined) {
    const found = await planFromKernel(model, settings);
    return found.ok
      ? { ...about, against: 'kernel', ok: true, why: null, plan: found.value }
      : { ...about, against: 'kernel', ok: false, why: found.error, plan: null };
  }
  const { ok, why, plan: found } = answer.body as ReloadAnswer;
  return { ...about, against: 'agent', ok, why, plan: found };
}

async function fileOfAgent(socket: string): Promise<string | undefined> {
  const answer = await whereThereIsOne(askAgent(socket, 'GET', '/v1/config'));
  return (answer?.body as { readonly file?: string } | undefined)?.file;
}

/** No agent is no mistake here; that one may not be asked is. */
async function whereThereIsOne(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    throw error;
  }
}

function show({ file, problems, against, ok, why, plan: found }: PlanAnswer): string {
  const compared = against === 'agent' ? 'a reload of the running agent' : 'a start; no agent runs here';
  const verdict = ok ? `what it would change: ${compared}` : (why ?? '');
  return showProblems(file, problems, verdict) + (found === null ? '' : showPlan(found));
}
