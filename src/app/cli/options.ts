import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LogLevel } from '../logger.ts';
import type { ServerOptions } from '../server.ts';
import { CliError } from './cli-error.ts';

/** Everything Sluice takes from the environment; read once, here, so that no other file asks. Unset is null. */
export interface Environment {
  readonly host: string | null;
  readonly port: string | null;
  readonly data: string | null;
  readonly config: string | null;
  readonly allowedHosts: string | null;
  readonly logLevel: string | null;
  readonly adminKey: string | null;
  readonly secretKey: string | null;
  readonly url: string | null;
}

/** Flags that say how to serve, as commander hands them over. */
export interface ServerFlags {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly config?: string;
  readonly allowedHosts?: string;
  readonly logLevel?: string;
}

/** Flags of every command that talks to a running gateway. */
export interface GatewayFlags {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export interface GatewayAddress {
  /** Without a trailing slash. */
  readonly url: string;
  readonly key: string | null;
  /** Where the key came from, for messages; or where one was looked for. */
  readonly keySource: string;
}

const DEFAULT_PORT = 18789;
const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_URL = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;
export const DEFAULT_DATA = './data';
const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** An empty variable counts as unset: compose files and units often pass them on so. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const read = (name: string): string | null => variables[`SLUICE_${name}`] || null;
  return {
    host: read('HOST'),
    port: read('PORT'),
    data: read('DATA'),
    config: read('CONFIG'),
    allowedHosts: read('ALLOWED_HOSTS'),
    logLevel: read('LOG_LEVEL'),
    adminKey: read('ADMIN_KEY'),
    secretKey: read('SECRET_KEY'),
    url: read('URL'),
  };
}

/** How to serve: flag, else environment, else default. Throws CliError (exit 2) on a value that makes no sense. */
export function serverOptions(flags: ServerFlags, environment: Environment): ServerOptions {
  const wanted = flags.logLevel ?? environment.logLevel ?? 'info';
  const logLevel = LOG_LEVELS.find((level) => level === wanted);
  if (!logLevel) throw new CliError(`"${wanted}" is not a log level; one of ${LOG_LEVELS.join(', ')}`, 2);
  const configFile = flags.config ?? environment.config;
  return {
    host: flags.host ?? environment.host ?? DEFAULT_HOST,
    port: flags.port ?? portFrom(environment) ?? DEFAULT_PORT,
    dataDir: resolve(flags.data ?? environment.data ?? DEFAULT_DATA),
    configFile: configFile === null ? null : resolve(configFile),
    allowedHosts: namesIn(flags.allowedHosts ?? environment.allowedHosts ?? ''),
    adminKey: environment.adminKey,
    secretKey: environment.secretKey,
    logLevel,
  };
}

/** Which gateway to talk to and as whom: flag, else environment, else the key file of a gateway started here. */
export function gatewayAddress(flags: GatewayFlags, environment: Environment): GatewayAddress {
  const url = httpUrl(flags.url ?? environment.url ?? DEFAULT_URL);
  if (flags.key !== undefined) return { url, key: flags.key, keySource: '--key' };
  if (environment.adminKey !== null) return { url, key: environment.adminKey, keySource: 'SLUICE_ADMIN_KEY' };
  const file = join(environment.data ?? DEFAULT_DATA, 'admin.key');
  return { url, key: readKey(file), keySource: file };
}

/** Reads a port as people type it. Throws CliError (exit 2); `source` names the flag or variable at fault. */
export function portOf(text: string, source: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new CliError(`${source} is "${text}"; a port is a whole number from 0 to 65535`, 2);
}

/** An http(s) address without its trailing slash; `host:port` is read as http. Throws CliError (exit 2). */
export function httpUrl(text: string): string {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) {
    throw new CliError(`"${text}" is not an http address such as ${DEFAULT_URL}`, 2);
  }
  return full.replace(/\/+$/, '');
}

function portFrom(environment: Environment): number | null {
  return environment.port === null ? null : portOf(environment.port, 'SLUICE_PORT');
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null; // no gateway was started here; the call will say what is missing
  }
}
