/** A program with its arguments, and whom it runs as. Plain data: it crosses processes. */
export interface Command {
  /** The program's path and its arguments; at least the path. */
  readonly argv: readonly string[];
  readonly user: string | null;
  readonly group: string | null;
  /** Is it refused where it would run as root, and others than root may change it? */
  readonly isSecure: boolean;
}

/** A `vrrp_script` of the file that some instance watches, defaults filled in; times in milliseconds. */
export interface VrrpScript {
  readonly name: string;
  readonly command: Command;
  /** From the start of one run to the start of the next. */
  readonly intervalMs: number;
  /** A run that lasts longer has failed, and is ended. */
  readonly timeoutMs: number;
  /** Runs in a row that must go well until it is well again, and badly until it has failed. */
  readonly rise: number;
  readonly fall: number;
  /** Counts as failed until it has run well `rise` times. */
  readonly initFail: boolean;
}

/** What an instance tells programs of its roles. Plain data: it crosses processes. */
export interface Notify {
  readonly instance: string;
  /** By what has happened; STOP when the agent stops. */
  readonly on: Readonly<Partial<Record<NotifyState, Command>>>;
  /** Told of everything, with what has happened as arguments; after the one above. */
  readonly any: Command | null;
}

export type NotifyState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP';
