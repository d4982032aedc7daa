import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askAgent } from '../../src/io/state-client.js';
import type { StateDocument } from '../../src/ipc/document.js';
import type { ReloadAnswer } from '../../src/proc/reload.js';
import { Daemon, descendants, eventually, nowMicros, type Ending, type Line } from './daemon.js';
import { ROOT } from './guide.js';
import type { Host } from './host.js';

/** Which program plays a director. */
export type DirectorKind = 'holdfast' | 'keepalived';

/** What a director is started with. */
export interface DirectorOptions {
  /** Only VRRP, no checks and no table: for kernels without IPVS. keepalived needs to be told. */
  readonly vrrpOnly?: boolean;
  /** More arguments for the program. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its socket, its state and its log lie; a temporary folder if nothing is said. */
  readonly folder?: string;
}

/** What a director says it is. */
export type Role = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

/** A director on a host of the lab: holdfast from this checkout, or keepalived as its peer. */
export class Director {
  readonly folder: string;
  readonly socket: string;
  #daemon: Daemon | null = null;
  #removed = false;

  constructor(
    readonly host: Host,
    readonly kind: DirectorKind,
    private config: string,
    private readonly options: DirectorOptions = {},
  ) {
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), `${host.name}-`));
    this.socket = join(this.folder, 'holdfast.sock');
  }

  /** Another configuration for the next start. */
  reconfigure(config: string): void {
    this.config = config;
  }

  /** Starts the program; does not wait for anything. */
  start(): void {
    if (this.#daemon?.running) throw new Error(`${this.host.name} runs already`);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.file, this.config);
    const { environment } = this.options;
    const log = join(this.folder, 'log');
    const line = ({ text }: Line): void => {
      // What a killed director still had to say may come after its folder has gone.
      if (!this.#removed) appendFileSync(log, `${text}\n`);
    };
    this.#daemon = this.host.start(this.command, { line, ...(environment ? { environment } : {}) });
  }

  /** The program and its arguments, as they are run on the host. */
  get command(): string[] {
    return [...this.#program(this.file), ...(this.options.args ?? [])];
  }

  #program(file: string): string[] {
    if (this.kind === 'keepalived') {
      // Pid files of its own: keepalived takes one in /run for a sign that it runs already.
      const pids = ['-p', 'pid', '-r', 'vrrp.pid', '-c', 'checkers.pid'].map(word =>
        word.startsWith('-') ? word : join(this.folder, word),
      );
      const only = this.options.vrrpOnly ? ['-P'] : [];
      return ['keepalived', '--dont-fork', '--log-console', '--log-detail', '-f', file, ...pids, ...only];
    }
    const paths = ['--socket', this.socket, '--state-dir', join(this.folder, 'state')];
    return [join(ROOT, 'bin/holdfast'), 'run', '-f', file, ...paths, '--log-format', 'json'];
  }

  /**
   * Writes another configuration over the file and has holdfast read it.
   * @returns what it answered; nothing has changed unless it says ok
   */
  async reload(config: string): Promise<ReloadAnswer> {
    this.config = config;
    writeFileSync(this.file, config);
    return (await askAgent(this.socket, 'POST', '/v1/reload')).body as ReloadAnswer;
  }

  /** The configuration file. */
  get file(): string {
    return join(this.folder, `${this.kind}.conf`);
  }

  /** The program, once started. */
  get daemon(): Daemon {
    if (!this.#daemon) throw new Error(`${this.host.name} was not started`);
    return this.#daemon;
  }

  get lines(): readonly Line[] {
    return this.daemon.lines;
  }

  /** @returns the last lines of the log, for a message. */
  tail(): string {
    return this.#daemon?.tail() ?? '  nothing: it was not started';
  }

  /** Waits for a line of the log. */
  line(pattern: RegExp, options?: { since?: number; within?: number }): Promise<Line> {
    return this.daemon.line(pattern, options);
  }

  /** Asks it to stop, as systemd does, and waits until it has. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    return this.daemon.stop(signal, 15_000);
  }

  /** Kills all its processes at once. Returns when, in µs since the epoch. */
  crash(): number {
    const at = nowMicros();
    this.daemon.killAll();
    return at;
  }

  /** @returns the processes it consists of besides the first. */
  children(): number[] {
    return descendants(this.daemon.pid);
  }

  /** @returns the memory of holdfast's three processes, in MB; what they share counts once. */
  async memory(): Promise<number> {
    const { pid, processes } = await this.state();
    const kilobytes = [pid, ...processes.map(child => child.pid)].map(one =>
      Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one ?? '?'}/smaps_rollup`, 'utf8'))?.[1]),
    );
    return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
  }

  /** The whole machine is lost: everything is killed and the cable is dead. Returns when, in µs since the epoch. */
  async vanish(): Promise<number> {
    const at = this.crash();
    await this.host.ip('link', 'set', 'eth0', 'down');
    return at;
  }

  /** The machine is there again after `vanish`: the cable is alive and addresses that nobody keeps are gone. */
  async reappear(): Promise<void> {
    await this.host.ip('addr', 'flush', 'dev', 'eth0');
    await this.host.ip('link', 'set', 'eth0', 'up');
    await this.host.ip('addr', 'add', `${this.host.address}/24`, 'brd', '+', 'dev', 'eth0');
    if (!this.options.vrrpOnly) await this.host.run('ipvsadm', '-C');
  }

  /** @returns holdfast's state document. */
  async state(): Promise<StateDocument> {
    const { status, body } = await askAgent(this.socket, 'GET', '/v1/state');
    if (status !== 200) throw new Error(`GET /v1/state: ${status}`);
    return body as StateDocument;
  }

  /** Waits until the program says that its first instance has that role. */
  async becomes(
    role: Role,
    { since = 0, within = 10_000 }: { since?: number; within?: number } = {},
  ): Promise<void> {
    if (this.kind === 'keepalived') {
      await this.line(new RegExp(`Entering ${role} STATE`), { since, within });
      return;
    }
    let shown = 'nothing';
    await eventually(
      `${this.host.name} is ${role}`,
      async () => {
        shown = (await this.state()).vrrp.instances[0]?.role ?? 'nothing';
        return shown === role;
      },
      { within },
    ).catch((error: unknown) => {
      const log = this.daemon.tail();
      throw new Error(`${this.host.name} should be ${role} and is ${shown}; it said:\n${log}`, {
        cause: error,
      });
    });
  }

  /** Ends everything and forgets it. */
  remove(): void {
    this.#daemon?.killAll();
    this.#removed = true;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
