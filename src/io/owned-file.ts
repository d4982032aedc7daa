import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OwnedPort } from '../ports/owned.js';

/** The form of the file; a later form counts up, and what this one cannot read it does not believe. */
const FORM = 1;

/**
 * Keeps the list in a file of JSON that only root may read. It is written beside its place and then renamed, so that a
 * reader finds the old list or the new one and never half of one.
 * @param path its name; its folder is made when it is not there
 */
export function ownedFile(path: string): OwnedPort {
  return {
    read: () => {
      try {
        return keysOf(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        // Not there, or not ours to believe: then nothing is ours to delete, which is the safe side.
        return [];
      }
    },
    write: keys => {
      const beside = `${path}.new`;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
        const file = openSync(beside, 'w', 0o600);
        try {
          writeSync(file, `${JSON.stringify({ form: FORM, services: keys })}\n`);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(beside, path);
        return undefined;
      } catch (error) {
        return codeOf(error);
      }
    },
  };
}

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || !('form' in value) || value.form !== FORM) return [];
  if (!('services' in value) || !Array.isArray(value.services)) return [];
  return value.services.filter(key => typeof key === 'string');
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
