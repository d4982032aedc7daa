import { readFileSync } from 'node:fs';

/** The text of a file, and what is odd about it. */
export interface TextFile {
  readonly text: string;
  /** Sentences for the operator; each is a warning. */
  readonly oddities: readonly string[];
}

/**
 * Reads a text file. What is not UTF-8 is read byte by byte: then comments in other encodings do no harm, and
 * keywords and addresses are the same in all of them.
 * @throws a system error
 */
export function readTextFile(file: string): TextFile {
  const bytes = readFileSync(file);
  const oddities: string[] = [];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = bytes.toString('latin1');
    oddities.push('the file is not in UTF-8; it is read byte by byte, and its comments may look strange');
  }
  if (text.includes('\0')) oddities.push('the file contains NUL bytes; is it a text at all?');
  return { text, oddities };
}
