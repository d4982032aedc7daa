/** A source of chance that a seed decides: the same seed gives the same numbers (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  of<T>(some: readonly T[]): T {
    return some[this.below(some.length)]!;
  }
}

/** What means something to the reader, in the right place and in wrong ones. */
const PIECES = [
  ...[
    '{',
    '}',
    '"',
    "'",
    '#',
    '!',
    '\\',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    '\u00a0',
    '\ufeff',
    '(',
    ')',
    '=',
    '-',
  ],
  ...[' # why\n', '# why \\\n', '\\\n', '{}', '}{', '{{', '}}', '{{ x }}', '{% x %}', '""', '"\\"'],
  ...[
    '-1',
    '0',
    '255',
    '256',
    '99999999999',
    '1.5',
    '0x10',
    '::',
    '/',
    '/33',
    '10.0.0.1',
    'fe80::1/64',
    'on',
  ],
  ...['virtual_server ', 'real_server ', 'TCP_CHECK', 'url {\n', 'virtual_ipaddress {\n', 'global_defs'],
  ...[
    '$A=',
    '$A= \\\n',
    '$A=${B}\n$B=${A}\n',
    '$A=$A $A\n',
    '${A}',
    '$A',
    '$A\n',
    '${_PWD}',
    '${_RANDOM 5 1}',
  ],
  ...[
    '${_ENV HOME}',
    '${_HASH}',
    '${',
    '~SEQ(A,1,3) ',
    '~SEQx(A,9,12) ',
    '~SEQ(A,3,-1,1) ',
    '~SEQ(A',
    '~LST(A,x,y) ',
  ],
  ...[
    '~LST({A,B},{1,2},{3,4}) ',
    '@x ',
    '@^x ',
    '@',
    'include x\n',
    'include y\n',
    'includea z\n',
    'include "x"\n',
  ],
] as const;

type Mutation = (text: string, chance: Chance, other: string) => string;

const linesOf = (text: string): string[] => text.split('\n');

const MUTATIONS: readonly Mutation[] = [
  /** It breaks off. */
  (text, chance) => text.slice(0, chance.below(text.length + 1)),
  /** A piece is put in, in the place of a few characters or of none. */
  (text, chance) => {
    const at = chance.below(text.length + 1);
    return text.slice(0, at) + chance.of(PIECES) + text.slice(at + chance.of([0, 0, 1, 5, 30]));
  },
  (text, chance) => {
    const lines = linesOf(text);
    const at = chance.below(lines.length);
    lines.splice(at, 0, chance.of(PIECES).trim() + (lines[at] ?? ''));
    return lines.join('\n');
  },
  /** Characters become any others. */
  (text, chance) => {
    const at = chance.below(text.length + 1);
    const code = chance.of([32, 128, 256, 0x3000, 0xd800, 0xffff]);
    return text.slice(0, at) + String.fromCharCode(chance.below(code + 32)) + text.slice(at + 1);
  },
  /** Two words change places. */
  (text, chance) => {
    const words = text.split(/(\s+)/);
    const [a, b] = [chance.below(words.length), chance.below(words.length)];
    [words[a], words[b]] = [words[b] ?? '', words[a] ?? ''];
    return words.join('');
  },
  /** A line is gone, is there twice, or stands elsewhere. */
  (text, chance) => {
    const lines = linesOf(text);
    const [line = ''] = lines.splice(chance.below(lines.length), 1);
    for (let n = chance.below(3); n > 0; n--) lines.splice(chance.below(lines.length + 1), 0, line);
    return lines.join('\n');
  },
  /** A brace is gone, or turned round. */
  (text, chance) => {
    const braces = [...text.matchAll(/[{}]/g)].map(match => match.index);
    if (braces.length === 0) return text;
    const at = chance.of(braces);
    return text.slice(0, at) + chance.of(['', '{', '}', '{\n', '\n}']) + text.slice(at + 1);
  },
  /** The beginning of one file and the end of another. */
  (text, chance, other) => text.slice(0, chance.below(text.length)) + other.slice(chance.below(other.length)),
  /** A stretch of another file. */
  (text, chance, other) => {
    const at = chance.below(text.length + 1);
    const from = chance.below(other.length);
    return text.slice(0, at) + other.slice(from, from + chance.below(200)) + text.slice(at);
  },
  /** A digit becomes another, or many. */
  (text, chance) => {
    const digits = [...text.matchAll(/\d+/g)].map(match => match.index);
    if (digits.length === 0) return text;
    const at = chance.of(digits);
    return text.slice(0, at) + chance.of(['9', '0', '-', '99', '1.', '']) + text.slice(at + 1);
  },
  /** All on one line, or all on lines of their own. */
  (text, chance) => (chance.below(2) === 0 ? text.replaceAll('\n', ' ') : text.replace(/ +/g, '\n')),
  /** Nothing is indented. */
  text => text.replace(/^[ \t]+/gm, ''),
  /** Line ends of Windows, or every line goes on. */
  (text, chance) => text.replaceAll('\n', chance.of(['\r\n', ' \\\n'])),
];

/** @returns a text that is like one of `files`, or, rarely, like nothing */
export function mutated(files: readonly string[], chance: Chance): string {
  if (chance.below(20) === 0) {
    const most = chance.of([33, 128, 256, 0x10000]);
    return Array.from({ length: chance.below(400) }, () => String.fromCharCode(chance.below(most))).join('');
  }
  let text = chance.of(files);
  for (let n = chance.below(6); n >= 0; n--) text = chance.of(MUTATIONS)(text, chance, chance.of(files));
  return text;
}
