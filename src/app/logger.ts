import { openSync } from 'node:fs';
import { type Logger, multistream, pino } from 'pino';

/** Names of log levels, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON object a line into the data folder; warnings and errors on stderr too, for whoever watches the terminal.
 * Written in batches: a log line never waits for the disk.
 */
export function createLogger(level: LogLevel, file: string): { logger: Logger; close(): void } {
  // Opened here and now: pino opens a path later, and could not be flushed by a start that fails at once.
  const destination = pino.destination({ dest: openSync(file, 'a', 0o600), sync: false, minLength: 4096 });
  const streams = multistream([
    { level: 'trace', stream: destination },
    { level: 'warn', stream: pino.destination({ dest: 2, sync: true }) },
  ]);
  // Keys and cookies never reach a log, whatever a caller hands over.
  const redact = ['*.authorization', '*.cookie', '*["x-api-key"]', 'headers', '*.headers'];
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = pino(options, streams);
  const flusher = setInterval(() => destination.flush(), 1_000).unref();
  return {
    logger,
    close() {
      clearInterval(flusher);
      destination.flushSync();
      destination.end();
    },
  };
}
