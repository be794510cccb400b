import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Roster } from '../../domain/roster.ts';
import type { Client } from '../../ports/client.ts';
import { type Lane, PlainConnection } from './plain-connection.ts';

const SWEEP_MS = 1_000;
const LATE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

export interface PlainLaneOptions {
  /** The server whose connections are taken first; its limits in time hold here too. */
  readonly server: Server;
  /** True for the targets that are served here. */
  takes(url: string): boolean;
  serve(client: Client): void;
}

/** The plain lane of a server. */
export interface PlainLane {
  /** Cuts its connections. */
  close(): void;
}

/**
 * Lets plain requests (`readPlainHead`) of the targets that matter pass `node:http` by, which costs as much as all that
 * Sluice does with one. A connection comes here first; at its first request that is not plain it goes to `node:http`,
 * which keeps it. `docs/decisions/0004-plain-lane.md` has the figures.
 */
export function openPlainLane({ server, takes, serve }: PlainLaneOptions): PlainLane {
  const connections = new Roster<PlainConnection>(); // bounded by the files that the process may open
  const nodeListeners = server.listeners('connection');
  let sweeper: NodeJS.Timeout | null = null;

  const stop = (): void => {
    if (sweeper !== null) clearInterval(sweeper);
    sweeper = null;
  };
  const leave = (connection: PlainConnection): void => {
    connections.remove(connection);
    if (connections.size === 0) stop();
  };
  const lane: Lane = {
    takes,
    serve,
    onGone: leave,
    handOver(connection, socket, bytes) {
      leave(connection);
      if (bytes.length > 0) socket.unshift(bytes);
      for (const listener of nodeListeners) listener.call(server, socket);
    },
  };
  const sweep = (): void => {
    const nowMs = performance.now();
    connections.visitAll((connection) => {
      const waitedMs = nowMs - connection.sinceMs;
      if (waitedMs <= patienceMs(server, connection.waitsFor)) return;
      if (connection.waitsFor === 'head' || connection.waitsFor === 'body') connection.socket.write(LATE);
      connection.destroy();
    });
  };

  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    connections.add(new PlainConnection(socket, lane));
    sweeper ??= setInterval(sweep, SWEEP_MS).unref();
  });
  return {
    close() {
      stop();
      connections.visitAll((connection) => {
        connection.destroy();
      });
    },
  };
}

function patienceMs(server: Server, waitsFor: PlainConnection['waitsFor']): number {
  if (waitsFor === 'request') return server.keepAliveTimeout;
  if (waitsFor === 'head') return server.headersTimeout;
  return waitsFor === 'body' ? server.requestTimeout : Number.POSITIVE_INFINITY;
}
