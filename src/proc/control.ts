import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { peerOf } from '../io/peer.js';
import { claimSocket, shareWithReaders } from '../io/state-dir.js';
import type { StateDocument } from '../ipc/document.js';
import type { ReloadAnswer } from './reload.js';

/** What the control interface answers from. */
export interface ControlSource {
  state(): Promise<StateDocument>;
  /** Is every process of the agent there? */
  healthy(): boolean;
  /** Has every process taken its configuration? */
  ready(): boolean;
  /** What is in force, without its secrets. */
  config(): unknown;
  /** What a reload would change. @param text a configuration; without one, the agent's file as it is now */
  plan(text?: string): Promise<ReloadAnswer>;
  /** @param by who asked */
  reload(by: string): Promise<ReloadAnswer>;
}

/** Slow or silent clients are cut off after this time. */
const CLIENT_MS = 10_000;
const MOST_CLIENTS = 64;
/** A configuration of 100,000 lines has room. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** What can be done at a path, by method. HEAD is GET. */
type Methods = Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void>
>;

/**
 * HTTP on a UNIX socket: the state for people with curl, and for the commands.
 * @param path the socket; mode 0660, group holdfast where there is one
 * @returns the server, listening
 * @throws when another agent listens there, or the system's error
 */
export async function openControl(path: string, source: ControlSource): Promise<Server> {
  if (!(await claimSocket(path))) {
    throw new Error(`${path} is in use: another holdfast is running, stop it or choose another --socket`);
  }
  const paths = pathsOf(source);
  const server = createServer(
    { requestTimeout: CLIENT_MS, keepAliveTimeout: CLIENT_MS },
    (request, response) => {
      answer(request, response, paths).catch((error: unknown) => {
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

const pathsOf = (source: ControlSource): Readonly<Record<string, Methods>> => ({
  '/v1/state': { GET: async (_, response) => sendJson(response, 200, await source.state()) },
  '/v1/config': { GET: (_, response) => sendJson(response, 200, source.config()) },
  '/v1/plan': {
    GET: async (_, response) => sendAnswer(response, await source.plan()),
    POST: async (request, response) => {
      const text = await bodyOf(request);
      if (text === undefined) sendError(response, 413, 'too-large', 'a plan takes 16 MB at the most');
      else sendAnswer(response, await source.plan(text));
    },
  },
  '/v1/reload': {
    POST: async (request, response) => {
      const peer = peerOf(request.socket);
      if (peer?.mayChange !== true) {
        sendError(response, 403, 'forbidden', 'a reload takes root, or the group holdfast-admin');
        return;
      }
      sendAnswer(response, await source.reload(peer.name));
    },
  },
  '/healthz': { GET: (_, response) => sendWell(response, source.healthy()) },
  '/readyz': { GET: (_, response) => sendWell(response, source.ready()) },
});

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  paths: Readonly<Record<string, Methods>>,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const methods = Object.hasOwn(paths, path) ? paths[path] : undefined;
  if (methods === undefined) {
    sendError(response, 404, 'not-found', `there is nothing at ${path}`);
    return;
  }
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const work = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (work === undefined) {
    const allowed = Object.keys(methods).flatMap(known => (known === 'GET' ? ['GET', 'HEAD'] : [known]));
    response.setHeader('allow', allowed.join(', '));
    sendError(response, 405, 'method-not-allowed', `${path} takes ${allowed.join(', ')}`);
    return;
  }
  await work(request, response);
}

/** @returns undefined when it is too long */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LARGEST_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** 422 when the file cannot be used, or a process will not take it: then nothing has changed. */
function sendAnswer(response: ServerResponse, result: ReloadAnswer): void {
  const error = { code: 'config-refused', message: result.why ?? '' };
  sendJson(response, result.ok ? 200 : 422, result.ok ? result : { error, ...result });
}

const sendWell = (response: ServerResponse, well: boolean): void =>
  sendJson(response, well ? 200 : 503, { ok: well });

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
