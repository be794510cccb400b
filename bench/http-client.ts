import { connect } from 'node:net';
import { createAnswerParser } from './answer-parser.ts';

export interface Connection {
  /** One request at a time; `done` is called once, with its status, or null when the connection broke. */
  send(request: Buffer, done: (status: number | null) => void): void;
  close(): void;
}

/**
 * An HTTP/1.1 client reduced to what a load generator needs: prebuilt request bytes out, status and number of
 * lines in. `node:http` costs several times as much, and the generator must not be what is measured.
 * `onLines` hears of new lines of a running answer, once a read.
 */
export function openConnection(port: number, onLines?: (count: number) => void): Connection {
  let done: ((status: number | null) => void) | null = null;
  let parser = createAnswerParser();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const finish = (status: number | null): void => {
    const call = done;
    done = null;
    parser = createAnswerParser();
    call?.(status);
  };
  socket.on('data', (bytes) => {
    const before = parser.lines;
    const isComplete = parser.feed(bytes);
    if (onLines && parser.lines > before) onLines(parser.lines - before);
    if (isComplete) finish(parser.status);
  });
  socket.on('error', () => {});
  socket.on('close', () => finish(null));
  return {
    send(request, callback) {
      if (socket.destroyed) {
        callback(null);
        return;
      }
      done = callback;
      socket.write(request);
    },
    close() {
      done = null;
      socket.destroy();
    },
  };
}
