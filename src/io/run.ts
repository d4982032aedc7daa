import { execFile } from 'node:child_process';
import type { Run } from '../ports/run.js';

/** Runs programs as children of this process. What they write to stdout is thrown away. */
export const run: Run = (program, args, limit) =>
  new Promise(resolve => {
    execFile(program, [...args], { timeout: limit, killSignal: 'SIGKILL' }, (error, _, stderr) => {
      const words = stderr.trim();
      resolve({ ok: error === null, words: words === '' ? (error?.message ?? '') : words });
    });
  });
