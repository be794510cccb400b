import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

let folder: string;
let files: { gatewayLog: string; errorLog: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-logger-'));
  files = { gatewayLog: join(folder, 'gateway.log'), errorLog: join(folder, 'error.log') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const FAILURE = { request_id: 'req_1', model_id: 'big', error_class: 'out_of_memory' };

describe('createLogger', () => {
  it('writes a failed request as one line with its id, model, class and message', () => {
    const { logger, close } = createLogger('silent', files);
    logger.info('listening');
    logger.error(FAILURE, 'model "big": CUDA out of memory');
    close();
    expect(linesOf(files.errorLog)).toEqual([
      {
        level: 50,
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        ...FAILURE,
        message: 'model "big": CUDA out of memory',
      },
    ]);
    expect(linesOf(files.gatewayLog)).toEqual([]);
  });

  it('keeps everything of the level in gateway.log, and errors alone in error.log', () => {
    const { logger, close } = createLogger('info', files);
    logger.info({ url: 'http://127.0.0.1:1' }, 'listening');
    logger.debug('not asked for');
    close();
    expect(linesOf(files.gatewayLog)).toMatchObject([{ url: 'http://127.0.0.1:1', message: 'listening' }]);
    expect(linesOf(files.errorLog)).toEqual([]);
  });

  it('holds no key, and no text that a server quotes, in message, error or field', () => {
    const { logger, close } = createLogger('silent', files);
    const secret = 'sk-0123456789abcdef';
    logger.error(FAILURE, `refused: Bearer ${secret}`);
    logger.error(
      { err: new Error(`bad key ${secret}`), request: { headers: { authorization: secret } } },
      'x',
    );
    logger.error({ ...FAILURE, headers: { 'x-api-key': secret } }, 'error parsing tool call: raw=MY DIARY');
    logger.error(`alone: ${secret}`);
    close();
    const text = readFileSync(files.errorLog, 'utf8');
    expect(linesOf(files.errorLog)).toHaveLength(4);
    expect(text).not.toContain('0123456789');
    expect(text).not.toContain('DIARY');
  });

  it('writes an internal fault with its stack', () => {
    const { logger, close } = createLogger('silent', files);
    logger.error({ err: new TypeError('x is not a function'), request_id: 'req_2' }, 'internal fault');
    close();
    expect(linesOf(files.errorLog)).toMatchObject([
      {
        request_id: 'req_2',
        message: 'internal fault',
        err: {
          type: 'TypeError',
          message: 'x is not a function',
          stack: expect.stringContaining('logger.test'),
        },
      },
    ]);
  });

  it('stops listening for the end of the process when it is closed', () => {
    const before = process.listenerCount('uncaughtExceptionMonitor');
    const { close } = createLogger('silent', files);
    expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(before + 1);
    close();
    expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(before);
  });
});
