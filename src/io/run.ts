import { execFile } from 'node:child_process';

/** How a program ended. */
export interface RunOutcome {
  readonly ok: boolean;
  /** What it wrote to stderr, or why it could not be started. */
  readonly words: string;
}

/**
 * Runs a program to its end, without a shell.
 * @param limitMs after which it is killed
 */
export function run(program: string, args: readonly string[], limitMs: number): Promise<RunOutcome> {
  return new Promise(resolve => {
    execFile(program, [...args], { timeout: limitMs, killSignal: 'SIGKILL' }, (error, _, stderr) => {
      resolve({ ok: error === null, words: stderr.trim() || (error?.message ?? '') });
    });
  });
}
