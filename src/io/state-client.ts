import { request } from 'node:http';
import type { StateDocument } from '../ipc/document.js';

/**
 * Asks a running agent for its state.
 * @param socketPath its control socket
 * @throws a system error (ENOENT, ECONNREFUSED, EACCES …) when there is no agent to be asked
 */
export function fetchState(socketPath: string): Promise<StateDocument> {
  return new Promise((resolve, reject) => {
    const ask = request({ socketPath, path: '/v1/state', timeout: 5000 }, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(JSON.parse(text) as StateDocument));
      answer.on('error', reject);
    });
    ask.on('timeout', () => ask.destroy(new Error('no answer within 5 s')));
    ask.on('error', reject);
    ask.end();
  });
}
