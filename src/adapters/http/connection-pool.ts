import { type buildConnector, Client } from 'undici';

/** One keep-alive connection to a model server: an undici client of its own, which never runs two calls at once. */
export interface Connection {
  readonly client: Client;
  /** Answers that came back whole over the socket in use; 0 on a fresh one. */
  answered: number;
  open: boolean;
}

export interface ConnectionPoolOptions {
  readonly origin: string;
  readonly connect: buildConnector.connector;
  /** How long an idle connection is kept where the server does not say; below the 5 s of Node and uvicorn. */
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
}

/**
 * The connections to one model server. It has no limit and no queue of its own: admission bounds how many
 * calls run. Why not undici's Pool: it looks for a free client one by one, which at thousands of open streams
 * costs more than the call, and it does not say whether a connection that broke was a reused one.
 */
export interface ConnectionPool {
  /** The most recently used idle connection, else a new one. */
  take(): Connection;
  /** A connection that has carried nothing yet. */
  fresh(): Connection;
  /** Takes a connection back after a whole answer. */
  give(connection: Connection): void;
  /** Closes a connection at once, whatever it is doing. */
  drop(connection: Connection): void;
  close(): Promise<void>;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const all = new Set<Connection>(); // bounded by the sum of the models' max_concurrent
  const idle: Connection[] = [];

  const fresh = (): Connection => {
    const client = new Client(options.origin, {
      connect: options.connect,
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: options.keepAliveMs,
      maxHeaderSize: options.maxHeaderBytes,
    });
    const connection: Connection = { client, answered: 0, open: false };
    client.on('connect', () => {
      connection.open = true;
      connection.answered = 0;
    });
    client.on('disconnect', () => {
      connection.open = false;
      const at = idle.indexOf(connection); // the longest idle stand first, and are the ones that close
      if (at >= 0) {
        idle.splice(at, 1);
        all.delete(connection);
      }
    });
    all.add(connection);
    return connection;
  };

  return {
    fresh,
    take: () => idle.pop() ?? fresh(),
    give(connection) {
      connection.answered += 1;
      if (connection.open) idle.push(connection);
      else all.delete(connection);
    },
    drop(connection) {
      all.delete(connection);
      connection.client.destroy(null, () => {});
    },
    async close() {
      idle.length = 0;
      const open = [...all];
      all.clear();
      await Promise.all(open.map((connection) => connection.client.destroy()));
    },
  };
}
