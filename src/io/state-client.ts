import { request } from 'node:http';

/** What an agent answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A reload may have to wait for a hand-over, or for a large table. */
const LIMIT_MS = 30_000;

/**
 * Asks a running agent.
 * @param socketPath its control socket
 * @throws a system error (ENOENT, ECONNREFUSED, EACCES …) when there is no agent to be asked
 */
export function askAgent(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  text = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ask = request({ socketPath, method, path, timeout: LIMIT_MS }, answer => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (body += part));
      answer.on('end', () => {
        try {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(body) as unknown });
        } catch {
          reject(new Error('the answer is not JSON; is it an agent that listens there?'));
        }
      });
      answer.on('error', reject);
    });
    ask.on('timeout', () => ask.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)));
    ask.on('error', reject);
    ask.end(text);
  });
}
