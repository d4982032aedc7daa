import { existsSync, readFileSync } from 'node:fs';
import { readConfig, type Reading } from '../config/read.js';
import type { Problem } from '../lib/problem.js';

/** Where services are looked for when no file is named. */
const DEFAULT_FILES = ['/etc/holdfast/holdfast.conf', '/etc/keepalived/keepalived.conf'] as const;

/** A configuration file, and what was read from it. */
export interface Source extends Reading {
  readonly file: string;
  readonly text: string;
}

/** @returns the file that holds the services when the operator names none */
export const defaultFile = (): string => DEFAULT_FILES.find(existsSync) ?? DEFAULT_FILES[0];

/** Reads a configuration file. One that cannot be read is a problem like any other. */
export function readSource(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem: Problem = {
      severity: 'error',
      at: { file, line: 1, column: 1, length: 1 },
      message: `the file cannot be read: ${REASONS[code ?? ''] ?? String(error)}`,
    };
    return { file, text: '', model: undefined, problems: [problem] };
  }
  return { file, text, ...readConfig(file, text) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a directory',
};
