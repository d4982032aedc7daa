import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** The text of a file, and what is odd about it. */
export interface TextFile {
  readonly text: string;
  /** `latin1` when it was read byte by byte. */
  readonly encoding: 'utf-8' | 'latin1';
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
  let encoding: TextFile['encoding'] = 'utf-8';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = bytes.toString('latin1');
    encoding = 'latin1';
    oddities.push('the file is not in UTF-8; it is read byte by byte, and its comments may look strange');
  }
  if (text.includes('\0')) oddities.push('the file contains NUL bytes; is it a text at all?');
  return { text, encoding, oddities };
}

/**
 * The bytes of a text that came out of files.
 * @param wasLatin1 whether one of them was read byte by byte: then it is written so, if it would be read so again
 */
export function bytesOf(text: string, wasLatin1: boolean): Buffer {
  const isByBytes = wasLatin1 && /^[\0-\xff]*$/.test(text);
  const bytes = Buffer.from(text, isByBytes ? 'latin1' : 'utf8');
  return isByBytes && isUtf8(bytes) ? Buffer.from(text, 'utf8') : bytes;
}
