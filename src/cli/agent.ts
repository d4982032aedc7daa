import { askAgent, type Answer } from '../io/state-client.js';
import { readSettings, type Settings } from '../proc/settings.js';

/** @returns the agent's settings as far as the environment and the flags tell them */
export const settingsFor = (flags: { readonly socket?: string | undefined }): Settings =>
  readSettings({ environment: process.env, flags: { socket: flags.socket } });

/**
 * Asks the agent, and tells people when there is none.
 * @returns undefined when none answers
 */
export async function ask(
  socket: string,
  method: 'GET' | 'POST',
  path: string,
  text?: string,
): Promise<Answer | undefined> {
  try {
    return await askAgent(socket, method, path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `no agent answers on ${socket} (${reason}); is holdfast running, and may you read its socket?\n`,
    );
    return undefined;
  }
}

/** What the agent says when it does not do what it was asked for. */
export interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}
