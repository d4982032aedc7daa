// A client of the lab's web service: a request on a new connection every so often; says how each went, a line of JSON
// each:  node requester.js URL EVERY_MS PATIENCE_MS
import { get } from 'node:http';

/** How a request went. `at` is when it was made, in ms since the epoch. */
export interface Request {
  readonly at: number;
  readonly tookMs: number;
  /** The page, without the line end; null when there was none. */
  readonly page: string | null;
}

const [url = '', every, patience] = process.argv.slice(2);

setInterval(() => {
  const at = Date.now();
  const begin = performance.now();
  let told = false;
  const tell = (page: string | null): void => {
    if (told) return;
    told = true;
    console.log(JSON.stringify({ at, tookMs: performance.now() - begin, page } satisfies Request));
  };
  get(url, { agent: false, signal: AbortSignal.timeout(Number(patience)) }, response => {
    let page = '';
    response.setEncoding('utf8').on('data', (piece: string) => (page += piece));
    response.on('error', () => tell(null));
    response.on('end', () => tell(response.statusCode === 200 ? page.trim() : null));
  }).on('error', () => tell(null));
}, Number(every));
