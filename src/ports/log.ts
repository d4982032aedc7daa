export type Level = 'error' | 'warn' | 'info' | 'debug';

/** What a log line says beside its sentence. No secret ever goes here. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** Takes log lines: a fixed sentence, and the fields that vary. Never blocks. */
export type Log = (level: Level, sentence: string, fields?: Fields) => void;
