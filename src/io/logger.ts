import type { Logform } from 'winston';
import type { Fields, Level, Log } from '../ports/log.js';
import { commonJs } from './common-js.js';
import { LineSink } from './line-sink.js';

const winston = commonJs<typeof import('winston')>('winston');

const STDERR = 2;
/** How long the end of the agent waits for its last lines. */
const FLUSH_MS = 500;

/** The agent's log; only the supervisor has one. */
export interface Logger {
  readonly log: Log;
  /** @returns when the last lines are out, or half a second has passed */
  readonly flush: () => Promise<void>;
}

/**
 * Logs to stderr.
 * @param level the least important lines that are written
 * @param format text: time, level, sentence and `key=value`; json: an object a line
 */
export function openLogger(level: Level, format: 'text' | 'json'): Logger {
  const { combine, timestamp, json, printf } = winston.format;
  const line = format === 'json' ? json() : printf(info => textLine(info));
  const lost = (count: number): string =>
    format === 'json'
      ? `${JSON.stringify({ level: 'warn', message: 'log lines lost', count, timestamp: new Date().toISOString() })}\n`
      : `${new Date().toISOString()} warn  log lines lost count=${count}\n`;
  const sink = new LineSink(STDERR, lost);
  const logger = winston.createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: combine(timestamp(), line),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types it by an interface
    transports: [new winston.transports.Stream({ stream: sink })],
  });
  return {
    log: (at, sentence, fields: Fields = {}) => void logger.log(at, sentence, { fields }),
    flush: () => sink.flush(FLUSH_MS),
  };
}

function textLine(info: Logform.TransformableInfo): string {
  const fields = Object.entries((info['fields'] ?? {}) as Fields);
  const tail = fields.map(([key, value]) => ` ${key}=${quoted(value)}`).join('');
  return `${String(info['timestamp'])} ${info.level.padEnd(5)} ${String(info.message)}${tail}`;
}

/** Values with spaces are quoted, so that a line can be taken apart again. */
function quoted(value: Fields[string]): string {
  return typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value);
}
