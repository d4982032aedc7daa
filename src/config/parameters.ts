import { nearest } from '../lib/nearest.js';
import { isQuoted, quotedIn } from './quotes.js';

/** What a parameter stands for: a line, or several. */
export type Value = readonly { readonly text: string; readonly comment?: string | undefined }[];

/** What the built-in parameters ask of the machine. */
export interface Machine {
  /** Compared with the words of `@id` lines: the short host name, unless the operator chose another. */
  readonly configId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

/** The use of a parameter in a text: from where, up to where. */
interface Use {
  readonly from: number;
  readonly to: number;
}

/** A use of a parameter that stands for nothing. */
interface Unknown extends Use {
  readonly braces: boolean;
  /** What was likely meant. */
  readonly likely: string | undefined;
}

/** `$NAME=VALUE`, with nothing before it and no space before the `=`: the name and the value. */
export const DEFINITION = /^\$([A-Za-z_]\w*)=(.*)$/;
/** The same with the space: keepalived does not know it. */
export const NO_DEFINITION = /^\$([A-Za-z_]\w*)\s+=/;
/** `${NAME}`, `${_NAME ARGUMENTS}`, or `$NAME` with white space or the end behind it. */
const USE = /\$\{([A-Za-z_]\w*(?:\s+[^{}]*)?)\}|\$([A-Za-z_]\w*)(?=\s|$)/g;

/** Each takes a look at every parameter. */
const MOST_GUESSES = 100;

/** The parameters of a configuration, and those that are there from the start (keepalived.conf(5)). */
export class Parameters {
  readonly #machine: Machine;
  readonly #own = new Map<string, Value>();
  #guesses = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  define(name: string, value: Value): void {
    this.#own.set(name, value);
  }

  /** @returns the first use in a text of one that stands for something. @param file that the text is in */
  firstUse(text: string, file: string): (Use & { readonly value: Value }) | undefined {
    for (const use of text.matchAll(USE)) {
      const value = this.#valueOf(use[1] ?? use[2] ?? '', text, use.index, file);
      if (value !== undefined) return { from: use.index, to: use.index + use[0].length, value };
    }
    return undefined;
  }

  /** @returns the uses outside quotes that are left when there is no use of one that stands for something */
  *unknown(text: string): Iterable<Unknown> {
    if (!text.includes('$')) return;
    const quoted = quotedIn(text);
    for (const use of text.matchAll(USE)) {
      if (quoted(use.index)) continue;
      const mayGuess = this.#guesses++ < MOST_GUESSES;
      const likely = mayGuess ? nearest(use[1] ?? use[2] ?? '', this.#own.keys()) : undefined;
      yield { from: use.index, to: use.index + use[0].length, braces: use[1] !== undefined, likely };
    }
  }

  #valueOf(words: string, text: string, at: number, file: string): Value | undefined {
    const [name = '', ...args] = words.trim().split(/\s+/);
    const own = this.#own.get(name);
    if (own !== undefined && args.length === 0) return own;
    const escape = (): string => (isQuoted(text, at) ? '' : '\\');
    switch (name) {
      case '_PWD':
        return just(file.includes('/') ? file.replace(/\/[^/]*$/, '') : '.');
      case '_INSTANCE':
        return just(this.#machine.configId);
      case '_HASH':
        return just(`${escape()}#`);
      case '_BANG':
        return just(`${escape()}!`);
      case '_RANDOM':
        return just(randomBetween(args, this.#machine.random()));
      case '_ENV': {
        const value = this.#machine.environment[args[0] ?? ''];
        return value === undefined ? undefined : just(value);
      }
    }
    return undefined;
  }
}

const just = (text: string): Value => [{ text }];

function randomBetween(args: readonly string[], random: number): string {
  const [least = 0, most = 32767] = args.map(Number);
  return String(least + Math.floor(random * (most - least + 1)));
}
