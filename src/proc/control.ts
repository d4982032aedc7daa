import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { claimSocket, shareWithReaders } from '../io/state-dir.js';
import type { StateDocument } from '../ipc/document.js';

/** What the control interface answers from. */
export interface ControlSource {
  state(): Promise<StateDocument>;
  /** Is every process of the agent there? */
  healthy(): boolean;
  /** Has every process taken its configuration? */
  ready(): boolean;
}

/** Slow or silent clients are cut off after this time. */
const CLIENT_MS = 10_000;
const MOST_CLIENTS = 64;

/**
 * HTTP on a UNIX socket: the state for people with curl, and for `holdfast status`.
 * @param path the socket; mode 0660, group holdfast where there is one
 * @returns the server, listening
 * @throws when another agent listens there, or the system's error
 */
export async function openControl(path: string, source: ControlSource): Promise<Server> {
  if (!(await claimSocket(path))) {
    throw new Error(`${path} is in use: another holdfast is running, stop it or choose another --socket`);
  }
  const server = createServer(
    { requestTimeout: CLIENT_MS, keepAliveTimeout: CLIENT_MS },
    (request, response) => {
      answer(request, response, source).catch((error: unknown) => {
        sendError(response, 500, 'internal', String(error));
      });
    },
  );
  server.maxConnections = MOST_CLIENTS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o117);
    server.listen(path, resolve);
    process.umask(before);
  });
  chmodSync(path, 0o660);
  shareWithReaders(path);
  return server;
}

/** Stops listening and takes the socket away. */
export function closeControl(server: Server, path: string): void {
  server.close();
  server.closeAllConnections();
  rmSync(path, { force: true });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  source: ControlSource,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (!['/v1/state', '/healthz', '/readyz'].includes(path)) {
    sendError(response, 404, 'not-found', `there is nothing at ${path}`);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendError(response, 405, 'method-not-allowed', `${path} can only be read`);
    return;
  }
  if (path === '/v1/state') {
    sendJson(response, 200, await source.state());
    return;
  }
  const well = path === '/healthz' ? source.healthy() : source.ready();
  sendJson(response, well ? 200 : 503, { ok: well });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(value, null, 2)}\n`);
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, status, { error: { code, message } });
}
