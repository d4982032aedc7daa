import { askAgent, type Answer } from '../io/state-client.js';
import { readSettings } from '../proc/settings.js';

/** @returns the control socket: of the flag, else of the environment, else the default */
export const socketOf = (flag: string | undefined): string =>
  readSettings({ environment: process.env, flags: { socket: flag } }).socket;

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
