import { StartError } from './start-error.ts';

/** Also the default port of OpenClaw's own gateway, which often runs on the same machine. */
const DEFAULT_PORT = 18789;

/** Why the port could not be opened, and what to do. */
export function listenFault(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): StartError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'EADDRINUSE': {
      const who = port === DEFAULT_PORT ? " (OpenClaw's own gateway also listens on 18789)" : '';
      return new StartError(
        `port ${port} on ${host} is taken${who}; try --port ${port === 18790 ? 18791 : 18790}`,
      );
    }
    case 'EACCES':
      return new StartError(`port ${port} may not be opened by this user; take one above 1023 with --port`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} is not an address of this machine; give another one with --host`, 2);
    default:
      return new StartError(
        `cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}`,
      );
  }
}

/** True for addresses that only this machine can reach. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
