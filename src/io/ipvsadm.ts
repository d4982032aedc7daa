import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { IpvsUnavailable, type IpvsPort } from '../ports/ipvs.js';

/** One run of ipvsadm ends within this, or is ended: 5,000 lines take 1.4 s on a slow machine. */
const TIME_LIMIT_MS = 30_000;

/** What ipvsadm says when the kernel has no ip_vs; it has then tried modprobe itself, if it may. */
const NO_KERNEL_PART = /Can't initialize ipvs|Protocol not available/;
const NO_PRIVILEGE = /Permission denied|Operation not permitted|must be root/;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The kernel's table through the program ipvsadm: nothing of it is linked in, and its text is the whole interface. Only
 * a glance goes past it, to the kernel's own text.
 * Never the script ipvsadm-restore, which empties the table first.
 * @param program its path, or a name for PATH to find
 * @param modprobe the program that loads ip_vs when it is missing; tried once in the port's life
 */
export function ipvsadm(program: string, modprobe = 'modprobe'): IpvsPort {
  let loaded = false;

  async function run(args: readonly string[], input: string, breakOff?: AbortSignal): Promise<Ended> {
    const ended = await runOnce(program, args, input, breakOff);
    if (!NO_KERNEL_PART.test(ended.stderr)) return ended;
    if (NO_PRIVILEGE.test(ended.stderr)) {
      throw new IpvsUnavailable(`${program} may not change the kernel's table: run holdfast as root`);
    }
    if (!loaded) {
      loaded = true;
      await runOnce(modprobe, ['ip_vs'], '').catch(() => undefined);
      return run(args, input, breakOff);
    }
    throw new IpvsUnavailable(
      'the kernel has no IP Virtual Server: load it with `modprobe ip_vs`; ' +
        'if it has no such module, boot a kernel that has (Debian: apt-get install linux-image-amd64)',
    );
  }

  return {
    save: async breakOff => (await run(['--save', '-n'], '', breakOff)).stdout,
    restore: async batch => (await run(['--restore'], batch)).stderr.trim(),
    glance: () => readFile('/proc/net/ip_vs', 'latin1').catch(() => undefined),
  };
}

/**
 * Runs a program to its end. Its exit status is not looked at, since ipvsadm's says nothing of a batch.
 * @throws IpvsUnavailable when there is no such program; Error when it does not end in time or dies
 */
function runOnce(
  program: string,
  args: readonly string[],
  input: string,
  breakOff?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { PATH: searchPath(), LC_ALL: 'C' },
      stdio: 'pipe',
      ...(breakOff === undefined ? {} : { signal: breakOff, killSignal: 'SIGKILL' }),
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIME_LIMIT_MS);
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => errors.push(part));
    // It may end before it has read everything: then the second look shows what was lost.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      reject(error.code === 'ENOENT' || error.code === 'EACCES' ? notThere(program) : error);
    });
    child.on('close', (_status, signal) => {
      clearTimeout(limit);
      if (late) {
        reject(new Error(`${program} did not end within ${TIME_LIMIT_MS / 1000} s`));
      } else if (signal !== null) {
        reject(new Error(`${program} was ended by ${signal}`));
      } else {
        resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString() });
      }
    });
  });
}

const notThere = (program: string): IpvsUnavailable =>
  new IpvsUnavailable(`the program ${program} is not there: install it (Debian: apt-get install ipvsadm)`);

/** An operator's shell often lacks the folders where ipvsadm and modprobe are. */
const searchPath = (): string => `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;
