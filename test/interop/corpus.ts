import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const FOLDER = 'test/interop/corpus';

/** In which direction the two verdicts may differ. */
export const DIFFERENCES = ['refused', 'used', 'silent'] as const;

/** Why a verdict differs from keepalived's, and how. */
export interface Difference {
  /** Refused here though keepalived runs it; used here though keepalived refuses it; no warning for its complaint. */
  readonly ours: (typeof DIFFERENCES)[number];
  readonly since: string;
  /** Is it to go? */
  readonly forNow: boolean;
}

/** One configuration of our own making. */
export interface Case {
  /** The theme that it belongs to: the name of its file. */
  readonly theme: string;
  /** A sentence that says what it shows. */
  readonly name: string;
  /** The first is the configuration, the others are what it includes or runs. */
  readonly files: readonly CaseFile[];
  /** For its `@id` lines. */
  readonly configId: string;
  readonly difference: Difference | undefined;
}

interface CaseFile {
  readonly name: string;
  readonly mode: number;
  readonly bytes: Buffer;
}

/**
 * The corpus: all cases of all themes. How the files are written is said in corpus/README.md.
 * @throws when a file is not written so
 */
export function readCorpus(): readonly Case[] {
  return readdirSync(FOLDER)
    .filter(name => name.endsWith('.cases'))
    .sort()
    .flatMap(name =>
      casesOf(basename(name, '.cases').replace(/^\d+-/, ''), readFileSync(join(FOLDER, name), 'utf8')),
    );
}

function casesOf(theme: string, text: string): Case[] {
  const [, ...parts] = text.split(/^=== /m);
  return parts.map(part => {
    const [name = '', ...lines] = part.split('\n');
    const options: string[] = [];
    while (lines[0]?.startsWith(': ') === true) options.push((lines.shift() ?? '').slice(2));
    const files: { name: string; mode: number; lines: string[] }[] = [
      { name: 'keepalived.conf', mode: 0o644, lines: [] },
    ];
    for (const line of lines) {
      const [, file, mode = '644'] = /^\+\+\+ (\S+)(?: (\d+))?$/.exec(line) ?? [];
      if (file === undefined) files.at(-1)?.lines.push(line);
      else files.push({ name: file, mode: parseInt(mode, 8), lines: [] });
    }
    return { theme, name, ...readOptions(`${theme}: ${name}`, options, files) };
  });
}

function readOptions(
  where: string,
  options: readonly string[],
  files: readonly { name: string; mode: number; lines: readonly string[] }[],
): Pick<Case, 'configId' | 'difference' | 'files'> {
  let configId = '';
  let difference: Difference | undefined;
  let asBytes = false;
  let crlf = false;
  let utf16 = false;
  let mode: number | undefined;
  for (const option of options) {
    const [, word, forNow, since = ''] = /^(\w+)( for now)?, since (.+)$/.exec(option) ?? [];
    const ours = DIFFERENCES.find(d => d === word);
    if (ours !== undefined) difference = { ours, since, forNow: forNow !== undefined };
    else if (option.startsWith('id ')) configId = option.slice(3);
    else if (option.startsWith('mode ')) mode = parseInt(option.slice(5), 8);
    else if (option === 'bytes') asBytes = true;
    else if (option === 'utf-16') utf16 = true;
    else if (option === 'crlf') crlf = true;
    else throw new Error(`${where}: there is no option "${option}"`);
  }
  return {
    configId,
    difference,
    files: files.map(file => {
      // The empty line before the next case belongs to nobody.
      const text = `${file.lines.join('\n').replace(/\n+$/, '')}\n`.replace(/^\n$/, '');
      const ended = crlf ? text.replaceAll('\n', '\r\n') : text;
      return {
        name: file.name,
        mode: file === files[0] ? (mode ?? file.mode) : file.mode,
        bytes: asBytes
          ? bytesOf(ended)
          : Buffer.from(utf16 ? `\ufeff${ended}` : ended, utf16 ? 'utf16le' : 'utf8'),
      };
    }),
  };
}

/** `\xNN` is that byte, `\xNN*9` nine of it, `\` at the end of the text takes the last line's end away. */
const bytesOf = (text: string): Buffer =>
  Buffer.concat(
    text
      .replace(/\\\n$/, '')
      .split(/(\\x[0-9a-f]{2}(?:\*\d+)?)/)
      .map(part => {
        const [, byte, times = '1'] = /^\\x([0-9a-f]{2})(?:\*(\d+))?$/.exec(part) ?? [];
        return byte === undefined ? Buffer.from(part) : Buffer.alloc(Number(times), parseInt(byte, 16));
      }),
  );

/**
 * Writes a case's files into a folder.
 * @returns the path of its configuration
 */
export function writeCase({ files }: Case, folder: string): string {
  const paths = files.map(({ name, mode, bytes }) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    return path;
  });
  return paths[0] ?? folder;
}
