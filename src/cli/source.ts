import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { readConfig, type Reading } from '../config/read.js';
import { includedFiles } from '../io/include.js';
import { localInterfaces } from '../io/interfaces.js';
import { readTextFile } from '../io/text-file.js';
import type { Problem } from '../lib/problem.js';

/** Where services are looked for when no file is named. */
const DEFAULT_FILES = ['/etc/holdfast/holdfast.conf', '/etc/keepalived/keepalived.conf'] as const;

/** A configuration file, and what was read from it and from the files that it includes. */
export interface Source extends Reading {
  readonly file: string;
  /** By the names of the files. */
  readonly texts: ReadonlyMap<string, string>;
  /** Was one of them not UTF-8, and read byte by byte? */
  readonly hasLatin1: boolean;
}

/** @returns the file that holds the services when the operator names none */
export const defaultFile = (): string => DEFAULT_FILES.find(existsSync) ?? DEFAULT_FILES[0];

/** @returns the short name of this machine */
export const hostName = (): string => hostname().split('.')[0] ?? '';

/**
 * Reads a configuration file. One that cannot be read is a problem like any other.
 * @param configId for its `@id` lines; empty for the short host name
 * @param isForHere is it to run on this machine? Then it is compared with the interfaces here
 */
export function readSource(file: string, configId = '', isForHere = false): Source {
  const texts = new Map<string, string>();
  const about = (severity: Problem['severity'], message: string, of = file): Problem => ({
    severity,
    at: { file: of, line: 1, column: 1, length: 1 },
    message,
  });
  const interfaces = isForHere ? localInterfaces() : undefined;
  let hasLatin1: boolean;
  const oddities: Problem[] = [];
  try {
    const read = readTextFile(file);
    texts.set(file, read.text);
    hasLatin1 = read.encoding === 'latin1';
    oddities.push(...read.oddities.map(oddity => about('warning', oddity)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = about('error', `the file cannot be read: ${REASONS[code ?? ''] ?? String(error)}`);
    return {
      file,
      texts,
      hasLatin1: false,
      model: undefined,
      problems: [problem],
      statements: [],
      end: [],
    };
  }
  const reading = readConfig(file, texts.get(file) ?? '', {
    configId: configId === '' ? hostName() : configId,
    ...(interfaces && { interfaces }),
    environment: process.env,
    random: Math.random,
    include: (pattern, from) => {
      const found = includedFiles(pattern, from);
      for (const included of found.files) {
        texts.set(included.file, included.text);
        oddities.push(...included.oddities.map(oddity => about('warning', oddity, included.file)));
      }
      hasLatin1 ||= found.files.some(included => included.encoding === 'latin1');
      return found;
    },
  });
  return { file, texts, hasLatin1, ...reading, problems: [...oddities, ...reading.problems] };
}

/** Reads a configuration that is in no file, and includes none. @param name for the places of its problems */
export const readText = (name: string, text: string): Source => ({
  file: name,
  texts: new Map([[name, text]]),
  hasLatin1: false,
  ...readConfig(name, text),
});

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a directory',
};
