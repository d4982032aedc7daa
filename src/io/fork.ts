import { fork, type ChildProcess } from 'node:child_process';
import type { Channel } from '../ipc/channel.js';

/** A child that the supervisor started, and the channel to it. */
export interface Child<In, Out> extends Channel<In, Out> {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
}

/** What becomes of a child; each is called at most once, except `line`. */
export interface ChildEvents<In> {
  message(message: In): void;
  /** It wrote a line of its own, which only a crash does. */
  line(text: string): void;
  exited(code: number | null, signal: NodeJS.Signals | null): void;
}

/**
 * Starts a process of ours with Node's own channel to it.
 * @param script the compiled entry point
 * @param role its first argument, which also names it in `ps`
 * @param nodeFlags V8's limits for it
 * @throws when there is no process to be had, as a system error
 */
export function startChild<In, Out>(
  script: string,
  role: string,
  nodeFlags: readonly string[],
  events: ChildEvents<In>,
): Child<In, Out> {
  const child = fork(script, [role], { execArgv: [...nodeFlags], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.on('message', message => events.message(message as In));
  child.on('exit', (code, signal) => events.exited(code, signal));
  child.on('error', error => {
    events.line(String(error));
    // There was no process to be had (EAGAIN, ENOMEM): it has ended before it began, and no exit will be told.
    if (child.pid === undefined) events.exited(null, null);
  });
  byLine(child.stdout, events);
  byLine(child.stderr, events);
  return {
    pid: child.pid ?? -1,
    send: message => sendTo(child, message),
    receive: () => undefined, // messages are taken by `events`, so that none can come too early
    onDisconnect: then => child.once('disconnect', then),
    close: () => {
      if (child.connected) child.disconnect();
    },
    kill: signal => void child.kill(signal),
  };
}

function sendTo(child: ChildProcess, message: unknown): void {
  // The callback takes the error of a channel that has just closed; the exit event says the rest.
  if (child.connected) child.send(message as object, () => undefined);
}

function byLine<In>(stream: NodeJS.ReadableStream | null, events: ChildEvents<In>): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, 4096);
    for (const line of lines) events.line(line);
  });
}

/** How many messages may wait for a supervisor that does not read, before the dispensable ones are left out. */
const BACKLOG = 1000;

/** Messages that the supervisor can do without: the next one of the kind says as much. */
const DISPENSABLE: ReadonlySet<string> = new Set(['log', 'progress']);

/**
 * The child's end of the channel.
 * @throws when this process was not started by a supervisor
 */
export function parentChannel<In, Out extends { readonly type: string }>(): Channel<In, Out> {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error('this is started by holdfast run, not by hand');
  let waiting = 0;
  return {
    send: message => {
      if (!process.connected || (waiting >= BACKLOG && DISPENSABLE.has(message.type))) return;
      waiting++;
      send(message, undefined, {}, () => waiting--);
    },
    receive: take => void process.on('message', message => take(message as In)),
    onDisconnect: then => void process.once('disconnect', then),
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
}
