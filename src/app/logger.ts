import { type Logger, type LoggerOptions, multistream, pino } from 'pino';
import { cleanText } from './clean-text.ts';
import { openRotatingFile } from './rotating-file.ts';

/** Names of log levels, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** With its predecessors a log takes at most 50 MiB. */
const LOG_FILE = { maxBytes: 10 * 1024 * 1024, keep: 4 };

const OPTIONS: LoggerOptions = {
  base: null,
  messageKey: 'message',
  timestamp: pino.stdTimeFunctions.isoTime,
  // Keys and cookies never reach a log, whatever a caller hands over.
  redact: ['*.authorization', '*.cookie', '*["x-api-key"]', 'headers', '*.headers'],
  serializers: {
    err(error: Error) {
      const { type, message, stack } = pino.stdSerializers.err(error);
      return { type, message: cleanText(message), stack: cleanText(stack) };
    },
  },
  hooks: {
    logMethod([first, ...rest], method) {
      const words = typeof first === 'string' ? cleanText(first) : first;
      const more = rest.map((part: unknown) => (typeof part === 'string' ? cleanText(part) : part));
      method.apply(this, [words, ...more] as Parameters<typeof method>);
    },
  },
};

/**
 * One JSON object a line: everything into `gatewayLog`, errors into `errorLog` too (whatever the level: it is where
 * failed requests are looked up by their id), warnings and errors on stderr for whoever watches the terminal.
 * Who asked is not in it: the event of the request knows, and is deleted with the user's data.
 */
export function createLogger(
  level: LogLevel,
  files: { readonly gatewayLog: string; readonly errorLog: string },
): { logger: Logger; close(): void } {
  const errorLog = openRotatingFile({ path: files.errorLog, ...LOG_FILE });
  const gatewayLog = openRotatingFile({ path: files.gatewayLog, ...LOG_FILE });
  const spoken = [
    { level: 'trace', stream: gatewayLog },
    { level: 'warn', stream: pino.destination({ dest: 2, sync: true }) },
  ] as const;
  const isSilent = level === 'silent';
  const logger = pino(
    { ...OPTIONS, level: isSilent ? 'error' : level },
    multistream([{ level: 'error', stream: errorLog }, ...(isSilent ? [] : spoken)]),
  );
  const onCrash = (error: unknown): void => logger.fatal({ err: error }, 'uncaught, the process ends');
  process.on('uncaughtExceptionMonitor', onCrash);
  return {
    logger,
    close() {
      process.off('uncaughtExceptionMonitor', onCrash);
      errorLog.close();
      gatewayLog.close();
    },
  };
}
