import { execFile } from 'node:child_process';
import { Daemon, type DaemonOptions } from './daemon.js';

/** An address as `ip -json addr` tells it. */
export interface InterfaceAddress {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly secondary?: boolean;
}

interface LinkJson {
  readonly ifname: string;
  readonly addr_info: readonly InterfaceAddress[];
}

/** Runs a program to its end and returns what it wrote. Throws, with what it complained of, when it fails. */
export function run(command: readonly string[], input?: string | Buffer): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = execFile(program, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${command.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }));
      else done(stdout);
    });
    // A program that does not read its input may have gone before it is written.
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}

/** A machine of the lab: a network namespace. */
export class Host {
  constructor(
    readonly name: string,
    /** The network namespace's name. */
    readonly namespace: string,
    readonly address: string,
  ) {}

  /** The command line that runs a command on this host. */
  inside(command: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace, ...command];
  }

  /** Runs a program on this host to its end and returns what it wrote. */
  run(...command: string[]): Promise<string> {
    return run(this.inside(command));
  }

  /** Starts a program on this host that goes on beside the test; it sees this host's name as the machine's. */
  start(command: readonly string[], options?: DaemonOptions): Daemon {
    const named = ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', this.name, ...command];
    return Daemon.start(`${command[0] ?? ''} on ${this.name}`, this.inside(named), options);
  }

  /** Runs `ip` on this host, as in `host.ip('link', 'set', 'eth0', 'down')`. */
  async ip(...args: string[]): Promise<string> {
    return run(['ip', '-n', this.namespace, ...args]);
  }

  /** @returns the addresses of an interface. */
  async addresses(device = 'eth0'): Promise<readonly InterfaceAddress[]> {
    const links = JSON.parse(await this.ip('-json', 'addr', 'show', 'dev', device)) as readonly LinkJson[];
    return links[0]?.addr_info ?? [];
  }

  /** @returns does this host hold that address on the interface? */
  async holds(address: string, device = 'eth0'): Promise<boolean> {
    return (await this.addresses(device)).some(({ local }) => local === address);
  }

  /** @returns `ipvsadm -ln` without the connection counts, which come and go; blanks at line ends do not count. */
  async table(): Promise<string> {
    const text = await this.run('ipvsadm', '-ln');
    return text.replace(/^(\s+-> \d.*?)\s+\d+\s+\d+\s*$/gm, '$1').replace(/\s+$/gm, '');
  }

  /** Asks for a page as curl does. */
  async curl(url: string, seconds = 3): Promise<string> {
    return this.run('curl', '--silent', '--show-error', '--fail', '--max-time', String(seconds), url);
  }
}
