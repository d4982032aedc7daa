import { execFile } from 'node:child_process';
import type { Difference } from './corpus.js';

/** A file that both are asked about. */
export interface Asked {
  readonly file: string;
  readonly configId: string;
}

/** What holdfast says about a file. */
export interface OurVerdict {
  readonly usable: boolean;
  /** As they are shown to an operator. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** What keepalived says about a file. */
export interface TheirVerdict {
  /** `keepalived -t`: 0 well, 5 complaints, 6 complaints about scripts alone; 2 and 4 given up, 139 crashed. */
  readonly status: number;
  /** How a real start of the VRRP part went. */
  readonly stays: boolean;
  readonly complaints: readonly string[];
}

/** What comes of the two verdicts on one file. */
export type Outcome = 'agreed' | 'not supported yet' | Difference['ours'];

/** @returns keepalived's verdict in a word or two, for the table */
export const theirWord = ({ status, stays }: TheirVerdict): string =>
  refuses({ status, stays }) ? 'refuses' : status === 5 ? 'complains' : 'runs';

/** @returns holdfast's verdict in a word, for the table */
export const ourWord = ({ usable, warnings }: OurVerdict): string =>
  !usable ? 'refused' : warnings.length > 0 ? 'warned' : 'used';

/** `keepalived -t` says 5 for what is harmless and for what ends it at once: only a start shows which. */
const refuses = ({ status, stays }: Pick<TheirVerdict, 'status' | 'stays'>): boolean =>
  ![0, 5, 6].includes(status) || !stays;

/** Compares two verdicts. A warning more than keepalived's is no difference. */
export function outcome(theirs: TheirVerdict, ours: OurVerdict): Outcome {
  if (refuses(theirs)) return ours.usable ? 'used' : 'agreed';
  if (!ours.usable) {
    return ours.errors.every(error => /\bnot supported yet\b/.test(error)) ? 'not supported yet' : 'refused';
  }
  return theirs.status === 5 && ours.warnings.length === 0 ? 'silent' : 'agreed';
}

/** Asks keepalived about each file, each on a machine of its own, a few at a time. */
export async function askKeepalived(asked: readonly Asked[]): Promise<readonly TheirVerdict[]> {
  const verdicts: TheirVerdict[] = [];
  const rest = [...asked.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [index, { file, configId }] = next;
      verdicts[index] = parse(await onMachine(['test/interop/oracle.sh', file, configId]), file);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return verdicts;
}

/** A machine mostly waits for keepalived to stay up. */
const AT_A_TIME = 6;

function parse(said: string, file: string): TheirVerdict {
  const [test = '', end = ''] = said.split(/^----\n/m);
  const [status = '', ...lines] = test.split('\n');
  const place = new RegExp(`\\(${file}: Line (\\d+)\\)`, 'g');
  return {
    status: Number(status),
    stays: end === 'stays\n',
    // Several processes read the file, and each says everything.
    complaints: [...new Set(lines.filter(line => line !== '').map(line => line.replace(place, '(line $1)')))],
  };
}

/** Asks holdfast about all files, on one such machine. */
export async function askHoldfast(asked: readonly Asked[]): Promise<readonly OurVerdict[]> {
  const said = await onMachine([process.execPath, 'dist/test/interop/reader.js'], JSON.stringify(asked));
  return JSON.parse(said) as readonly OurVerdict[];
}

function onMachine(command: readonly string[], input = ''): Promise<string> {
  return new Promise((done, fail) => {
    const options = { maxBuffer: 64 << 20 };
    const child = execFile('test/interop/machine.sh', command, options, (error, stdout, stderr) => {
      if (error) fail(new Error(`${command.join(' ')}: ${stderr}`, { cause: error }));
      else done(stdout);
    });
    child.stdin?.end(input);
  });
}
