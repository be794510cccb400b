import { type Address, Connection } from './connection.ts';

/** An idle connection is closed after this; below the 5 s of Node and uvicorn, which would else close it first. */
const KEEP_IDLE_MS = 4_000;
const SWEEP_MS = 1_000;

/**
 * The connections to one model server. It has no limit and no queue of its own: admission bounds how many calls run.
 */
export interface ConnectionPool {
  /** The most recently used idle connection, else a new one. */
  take(): Connection;
  /** A connection that has carried nothing yet. */
  fresh(): Connection;
  close(): void;
}

export function createConnectionPool(address: Address): ConnectionPool {
  const all = new Set<Connection>(); // bounded by the sum of the models' max_concurrent
  const idle: Connection[] = []; // the longest idle first
  let sweeper: NodeJS.Timeout | null = null;

  const sweep = (): void => {
    const before = performance.now() - KEEP_IDLE_MS;
    for (const connection of idle.filter(({ idleSinceMs }) => idleSinceMs <= before)) connection.destroy();
    if (idle.length > 0 || sweeper === null) return;
    clearInterval(sweeper);
    sweeper = null;
  };
  const on = {
    onIdle(connection: Connection): void {
      connection.idleSinceMs = performance.now();
      idle.push(connection);
      sweeper ??= setInterval(sweep, SWEEP_MS).unref();
    },
    onGone(connection: Connection): void {
      all.delete(connection);
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
    },
  };
  const fresh = (): Connection => {
    const connection = new Connection(address, on);
    all.add(connection);
    return connection;
  };

  return {
    fresh,
    take: () => idle.pop() ?? fresh(),
    close() {
      for (const connection of [...all]) connection.destroy();
      if (sweeper !== null) clearInterval(sweeper);
    },
  };
}
