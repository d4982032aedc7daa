import type { Word } from './keyword.js';

/** A program and its arguments, or a sentence about why there are none. */
export type Command = { readonly words: readonly string[] } | { readonly wrong: string };

/**
 * Takes a script of a configuration apart as keepalived does (seen with 2.2.7: keepalived.conf(5), "Quoted strings").
 * No shell does it. Escapes are undone twice: once as the line is read, in quotes or not, and once as the command is
 * cut at its blanks, where what single or double quotes enclose is one argument.
 * @param first the word behind the keyword
 * @param rest what follows it: quotes in an unquoted word may reach further than its end
 */
export function commandOf(first: Word, rest: readonly Word[] = []): Command {
  const line = [first, ...rest]
    .map(({ text, quoted }) => (quoted ? `"${escapeQuotes(text)}"` : text))
    .join(' ');
  const read = cut(bytesOf(line), 1);
  if ('wrong' in read) return read;
  const command = cut(beforeNul(read.words[0] ?? ''), Infinity);
  if ('wrong' in command) return command;
  if (command.words.length === 0) return { wrong: 'there is no program' };
  return { words: command.words.map(word => textOf(beforeNul(word))) };
}

const escapeQuotes = (text: string): string => text.replaceAll('"', '\\"');

/** Escapes stand for bytes, so that is what is worked on: one character a byte. */
const bytesOf = (text: string): string =>
  Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('');

const textOf = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, byte => byte.charCodeAt(0)));

const beforeNul = (bytes: string): string => bytes.split('\0', 1)[0] ?? '';

/** Cuts a text at its blanks, but not in quotes, into `most` words, and undoes escapes. */
function cut(text: string, most: number): Command {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length && words.length < most;) {
    const c = text.charAt(i);
    if (c === '\\') {
      const escape = escapeAt(text, i + 1);
      if (escape === undefined) return { wrong: 'it ends in a backslash' };
      word = (word ?? '') + escape.stands;
      i = escape.end;
      continue;
    }
    i++;
    if (c === quote) quote = '';
    else if (quote === '' && (c === '"' || c === "'")) {
      quote = c;
      word ??= '';
    } else if (quote === '' && BLANK.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (quote !== '') return { wrong: `a ${quote} in it is never closed` };
  if (word !== undefined && words.length < most) words.push(word);
  return { words };
}

const BLANK = /[ \t\v\f\r\n]/;
const HEX = /[0-9a-fA-F]+/y;
const OCTAL = /[0-7]{1,3}/y;
const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What the characters behind a backslash stand for, and where they end; undefined where there are none. */
function escapeAt(text: string, start: number): { stands: string; end: number } | undefined {
  const c = text.charAt(start);
  if (c === '') return undefined;
  const control = text.charCodeAt(start + 1);
  if (c === 'c' && !Number.isNaN(control)) return { stands: byte(control & 0x1f), end: start + 2 };
  const hex = c === 'x' ? at(HEX, text, start + 1) : '';
  if (hex !== '') return { stands: byte(parseInt(hex.slice(-2), 16)), end: start + 1 + hex.length };
  const octal = at(OCTAL, text, start);
  if (octal !== '') return { stands: byte(parseInt(octal, 8)), end: start + octal.length };
  return { stands: NAMED[c] ?? c, end: start + 1 };
}

const byte = (code: number): string => String.fromCharCode(code & 0xff);

function at(form: RegExp, text: string, start: number): string {
  form.lastIndex = start;
  return form.exec(text)?.[0] ?? '';
}
