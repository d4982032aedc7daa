import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

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
 * keywords and addresses are the same in all of them. UTF-16, which says so at its beginning, is told apart.
 * @throws a system error
 */
export function readTextFile(file: string): TextFile {
  const bytes = readFileSync(file);
  const oddities: string[] = [];
  if ((statSync(file).mode & 0o111) !== 0) {
    oddities.push('the file may be executed, and keepalived passes over such files');
  }
  const wide = WIDE.find(({ mark }) => bytes.subarray(0, 2).equals(mark));
  if (wide !== undefined) {
    oddities.push('the file is in UTF-16, which keepalived cannot read');
    return { text: new TextDecoder(wide.name).decode(bytes), encoding: 'utf-8', oddities };
  }
  if (isUtf8(bytes)) {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), encoding: 'utf-8', oddities };
  }
  oddities.push('the file is not in UTF-8; it is read byte by byte, and its comments may look strange');
  return { text: bytes.toString('latin1'), encoding: 'latin1', oddities };
}

/** What Windows calls Unicode, and how such a file begins. */
const WIDE = [
  { name: 'utf-16le', mark: Buffer.from([0xff, 0xfe]) },
  { name: 'utf-16be', mark: Buffer.from([0xfe, 0xff]) },
] as const;

/**
 * The bytes of a text that came out of files.
 * @param wasLatin1 whether one of them was read byte by byte: then it is written so, if it would be read so again
 */
export function bytesOf(text: string, wasLatin1: boolean): Buffer {
  const isByBytes = wasLatin1 && /^[\0-\xff]*$/.test(text);
  const bytes = Buffer.from(text, isByBytes ? 'latin1' : 'utf8');
  return isByBytes && isUtf8(bytes) ? Buffer.from(text, 'utf8') : bytes;
}
