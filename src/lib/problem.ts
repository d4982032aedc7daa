/** Where a word stands in an operator's file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the word takes, for the caret. */
  readonly length: number;
}

/**
 * What is wrong with a configuration, where, and what to write instead. A warning stops nothing; a note is no
 * problem, only something worth knowing for whoever asks for it.
 */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'note';
  readonly at: Place;
  readonly message: string;
  /** The likely correction, as a sentence. */
  readonly hint?: string;
}

/** Takes problems as they are found, so that all of them are reported at once. */
export interface Report {
  error(at: Place, message: string, hint?: string): void;
  warn(at: Place, message: string, hint?: string): void;
  note(at: Place, message: string, hint?: string): void;
}

/**
 * Collects problems in the order in which they were found. What is said twice of one place is said once: lines are
 * repeated, and the value of a parameter is looked at wherever it is used.
 */
export class Problems implements Report {
  readonly all: Problem[] = [];
  readonly #said = new Set<string>();

  error(at: Place, message: string, hint?: string): void {
    this.#add('error', at, message, hint);
  }

  warn(at: Place, message: string, hint?: string): void {
    this.#add('warning', at, message, hint);
  }

  note(at: Place, message: string, hint?: string): void {
    this.#add('note', at, message, hint);
  }

  #add(severity: Problem['severity'], at: Place, message: string, hint?: string): void {
    const key = `${at.line} ${at.column} ${at.file} ${message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.all.push({ severity, at, message, ...(hint === undefined ? {} : { hint }) });
  }
}
