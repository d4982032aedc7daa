import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** A line that a program wrote, and when it came, in µs since the epoch. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes what the program writes to its output, raw; then only its error output makes lines. */
  readonly output?: (chunk: Buffer) => void;
  /** Takes each line as it comes. */
  readonly line?: (line: Line) => void;
  /** A file descriptor for the program's output; then only its error output makes lines. */
  readonly outputFile?: number;
}

/** @returns the time, in µs since the epoch. */
export const nowMicros = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** Asks until the answer is yes; throws, with what was awaited, when the time is over. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  { within = 10_000, every = 100 }: { within?: number; every?: number } = {},
): Promise<T> {
  const end = performance.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error; // what cannot be asked yet may be asked later
    }
    if (performance.now() > end) {
      throw new Error(`after ${within} ms still waiting: ${what}`, last === undefined ? {} : { cause: last });
    }
    await new Promise(resume => setTimeout(resume, every));
  }
}

/** A program that runs beside the test, in a process group of its own, and what it says. */
export class Daemon {
  readonly lines: Line[] = [];
  readonly ended: Promise<Ending>;
  /** Everything it and its children wrote has been read. */
  readonly silence: Promise<void>;
  readonly #child: ChildProcess;
  readonly #said = new EventEmitter({ captureRejections: false });
  #ending: Ending | null = null;
  #silent = false;

  private constructor(
    readonly name: string,
    child: ChildProcess,
  ) {
    this.#child = child;
    this.#said.setMaxListeners(0);
    this.silence = new Promise(read => void child.on('close', () => read()));
    this.ended = new Promise(settled => {
      const end = (ending: Ending): void => {
        this.#ending ??= ending;
        settled(this.#ending);
      };
      child.on('error', error => {
        this.#take(error.message);
        end({ code: null, signal: null });
      });
      child.on('exit', (code, signal) => end({ code, signal }));
      // Its last words may come later, and its orphans may go on talking.
      child.on('close', () => {
        this.#silent = true;
        running.delete(this);
        this.#said.emit('silent');
      });
    });
    running.add(this);
  }

  /** Starts a program. Its first word names it in messages. */
  static start(name: string, command: readonly string[], options: DaemonOptions = {}): Daemon {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', options.outputFile ?? 'pipe', 'pipe'],
    });
    const daemon = new Daemon(name, child);
    if (options.output) child.stdout?.on('data', options.output);
    const { line } = options;
    if (line) daemon.#said.on('line', line);
    for (const stream of [options.output ? null : child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const text of lines) daemon.#take(text);
      });
    }
    return daemon;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#ending === null;
  }

  #take(text: string): void {
    const line = { at: nowMicros(), text };
    this.lines.push(line);
    this.#said.emit('line', line);
  }

  /** @returns the first line that matches and came at or after `since`; waits for it if it has not come yet. */
  line(
    pattern: RegExp,
    { since = 0, within = 10_000 }: { since?: number; within?: number } = {},
  ): Promise<Line> {
    return new Promise((found, fail) => {
      let next = 0;
      const settle = (): void => {
        this.#said.off('line', look).off('silent', look);
        clearTimeout(timer);
      };
      const look = (): void => {
        for (let line = this.lines[next]; line; line = this.lines[++next]) {
          if (line.at < since || !pattern.test(line.text)) continue;
          settle();
          found(line);
          return;
        }
        if (this.#silent) refuse('ended without saying');
      };
      const refuse = (why: string): void => {
        settle();
        fail(new Error(`${this.name} ${why} ${String(pattern)}; it said:\n${this.tail()}`));
      };
      const timer = setTimeout(() => refuse(`has not said within ${within} ms`), within);
      this.#said.on('line', look).on('silent', look);
      look();
    });
  }

  /** @returns the last lines, for a message. */
  tail(count = 20): string {
    return this.lines
      .slice(-count)
      .map(line => `  ${line.text}`)
      .join('\n');
  }

  /** Sends a signal and waits for the end; throws when the program lives on. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', within = 10_000): Promise<Ending> {
    if (this.running) process.kill(this.pid, signal);
    const late = new Promise<null>(resume => {
      const timer = setTimeout(() => resume(null), within);
      void this.ended.then(() => clearTimeout(timer));
    });
    const ending = await Promise.race([this.ended, late]);
    if (ending) return ending;
    this.killAll();
    throw new Error(`${this.name} was still there ${within} ms after ${signal}; it said:\n${this.tail()}`);
  }

  /** Kills the program and everything it has started, as the loss of the whole machine would. */
  killAll(): void {
    const family = new Set([this.pid, ...descendants(this.pid)]);
    // Stopped first, and looked at again, so that nothing is born in between.
    for (const pid of family) kill(pid, 'SIGSTOP');
    for (const pid of descendants(this.pid)) family.add(pid);
    for (const pid of family) kill(pid, 'SIGKILL');
    kill(-this.pid, 'SIGKILL'); // orphans keep the process group
  }
}

const running = new Set<Daemon>();
process.on('exit', () => {
  for (const daemon of running) daemon.killAll();
});

/** Sends a signal to a process, or with a negative number to a group, that may have gone. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone, which is what was wanted.
  }
}

/** @returns the processes that a process has started, and those that they have started, oldest first. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // The name in brackets may hold anything, brackets too: what counts begins after the last one.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      parents.set(Number(entry), Number(fields[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const found = [pid];
  for (const one of found) {
    for (const [child, parent] of parents) if (parent === one) found.push(child);
  }
  return found.slice(1);
}
