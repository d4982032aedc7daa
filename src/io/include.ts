import { statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type * as Tinyglobby from 'tinyglobby';
import { commonJs } from './common-js.js';
import { readTextFile, type TextFile } from './text-file.js';

/** What an `include` line has found. */
export interface FoundFiles {
  readonly files: readonly (TextFile & { readonly file: string })[];
  /** Files that match and cannot be read, each with a sentence why. */
  readonly unreadable: readonly string[];
}

/**
 * The files that an `include` names, with wildcards and csh braces. Folders are passed
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

/** Each alternative in turn, as glob(3) does with GLOB_BRACE; only within one are the names sorted. */
function matches(path: string): readonly string[] {
  const found: string[] = [];
  let n = 0;
  for (const alternative of alternatives(path)) {
    if (n++ === MOST_ALTERNATIVES) break;
    found.push(...matchesOfOne(alternative));
  }
  return found;
}

/** Braces behind braces make more alternatives than there are files. */
const MOST_ALTERNATIVES = 1000;

function matchesOfOne(path: string): readonly string[] {
  if (!/[*?[\]]/.test(path)) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true ? [path] : [];
  }
  const { globSync } = commonJs<typeof Tinyglobby>('tinyglobby');
  return globSync(path, { absolute: true, onlyFiles: true, expandDirectories: false }).sort();
}

/** What csh braces stand for, in their order; braces that are not closed stand for themselves. */
function* alternatives(pattern: string): Iterable<string> {
  const open = pattern.indexOf('{');
  const commas = [open];
  let depth = 0;
  for (let i = open; i >= 0 && i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '{') depth++;
    else if (c === ',' && depth === 1) commas.push(i);
    else if (c === '}' && --depth === 0) {
      const ends = [...commas, i];
      const [head, tail] = [pattern.slice(0, open), pattern.slice(i + 1)];
      for (const [n, comma] of commas.entries()) {
        yield* alternatives(head + pattern.slice(comma + 1, ends[n + 1]) + tail);
      }
      return;
    }
  }
  yield pattern;
}
