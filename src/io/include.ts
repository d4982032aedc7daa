import { statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type * as Tinyglobby from 'tinyglobby';
import { commonJs } from './common-js.js';
import { readTextFile, type TextFile } from './text-file.js';

/** What an `include` line has found. */
export interface FoundFiles {
  readonly files: readonly (Pick<TextFile, 'text' | 'encoding'> & { readonly file: string })[];
  /** Files that match and cannot be read, each with a sentence why. */
  readonly unreadable: readonly string[];
}

/**
 * The files that an `include` names, with wildcards and csh braces, in the order of their names. Folders are passed
 * over, and files that may be executed are not read, as in keepalived (lib/parser.c).
 * @param from the file that the line stands in: relative names are looked for beside it
 */
export function includedFiles(pattern: string, from: string): FoundFiles {
  const path = isAbsolute(pattern) ? pattern : join(dirname(from), pattern);
  const files: FoundFiles['files'][number][] = [];
  const unreadable: string[] = [];
  for (const file of matches(path)) {
    try {
      const { mode } = statSync(file);
      if ((mode & 0o111) !== 0) unreadable.push(`${file} may be executed, and is therefore not included`);
      else files.push({ file, ...readTextFile(file) });
    } catch (error) {
      unreadable.push(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    }
  }
  return { files, unreadable };
}

function matches(path: string): readonly string[] {
  if (!/[*?[\]{}]/.test(path)) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true ? [path] : [];
  }
  const { globSync } = commonJs<typeof Tinyglobby>('tinyglobby');
  return globSync(path, { absolute: true, onlyFiles: true, expandDirectories: false }).sort();
}
