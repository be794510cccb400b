import { readFileSync } from 'node:fs';
import type { RouteAnswer } from '../../contract/route.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export interface AddRouteFlags extends GatewayFlags {
  readonly rule: readonly string[];
  readonly alias?: readonly string[];
  readonly default?: boolean;
}

export async function listRoutes(flags: GatewayFlags, shell: Shell): Promise<number> {
  const routes = await openClient(flags, shell).list<RouteAnswer>('/routes');
  print(shell, flags, { items: routes }, () =>
    routes.length === 0
      ? `No route yet. Make one: ${shell.command} routes add support --default --rule MODEL=100`
      : table(['ID', 'ENABLED', 'DEFAULT', 'STABLE', 'RULES', 'ALIASES'], routes.map(routeRow)),
  );
  return 0;
}

export async function showRoute(id: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const route = await openClient(flags, shell).call<RouteAnswer>('GET', pathOf(id));
  print(shell, flags, route, () => describeRoute(route));
  return 0;
}

export async function addRoute(id: string, flags: AddRouteFlags, shell: Shell): Promise<number> {
  const rules = flags.rule.map(ruleOf);
  const body = {
    id,
    strategy: 'hash_user_id',
    rules,
    ...(flags.alias === undefined ? {} : { aliases: flags.alias }),
    ...(flags.default ? { default: true } : {}),
  };
  const made = await openClient(flags, shell).call<RouteAnswer>('POST', '/routes', { body });
  print(shell, flags, made, () => describeRoute(made));
  return 0;
}

/** Creates the route in the file, or changes it when it is there; `-` reads standard input. */
export async function setRoute(
  file: string,
  flags: GatewayFlags & { id?: string },
  shell: Shell,
): Promise<number> {
  const given = readRoute(file);
  const { id: idInFile, ...fields } = given;
  const id = flags.id ?? idInFile;
  if (typeof id !== 'string') throw new CliError(`${file} names no route: add "id" to it, or give --id`, 2);
  const client = openClient(flags, shell);
  const exists = (await client.list<RouteAnswer>('/routes')).some((route) => route.id === id);
  const saved = exists
    ? await client.call<RouteAnswer>('PATCH', pathOf(id), { body: fields })
    : await client.call<RouteAnswer>('POST', '/routes', { body: { id, ...fields } });
  print(shell, flags, saved, () => describeRoute(saved));
  return 0;
}

/** Sends everyone to stable (`disable`) or restores the written weights (`enable`). */
export async function switchRoute(
  id: string,
  verb: 'disable' | 'enable',
  more: { flags: GatewayFlags; shell: Shell },
): Promise<number> {
  const { flags, shell } = more;
  const route = await openClient(flags, shell).call<RouteAnswer>('POST', `${pathOf(id)}/${verb}`);
  print(shell, flags, route, () =>
    verb === 'disable'
      ? `Route ${id} is disabled: everyone gets ${route.stable_model_id}. Undo: ${shell.command} routes enable ${id}`
      : `Route ${id} is enabled: ${sharesOf(route)}`,
  );
  return 0;
}

/** Who gets which model, e.g. `a 80 %, b 20 %`. */
export function sharesOf(route: RouteAnswer): string {
  return route.rules.map((rule) => `${rule.model_id} ${rule.weight} %`).join(', ');
}

function describeRoute(route: RouteAnswer): string {
  const rules = route.rules.map((rule) => [rule.model_id, `${rule.weight} %`, rule.description]);
  return [
    `Route ${route.id}${route.default ? ' (default)' : ''}${route.enabled ? '' : ', DISABLED: everyone gets stable'}`,
    `stable ${route.stable_model_id}${route.aliases.length === 0 ? '' : `, aliases ${route.aliases.join(', ')}`}`,
    '',
    table(['MODEL', '>WEIGHT', 'DESCRIPTION'], rules),
    ...route.audiences.map((audience) => `audience ${audience.name}: ${audience.model_id}`),
  ].join('\n');
}

function routeRow(route: RouteAnswer): string[] {
  const { id, enabled, stable_model_id, aliases } = route;
  return [
    id,
    enabled ? 'yes' : 'no',
    route.default ? 'yes' : '',
    stable_model_id,
    sharesOf(route),
    aliases.join(', '),
  ];
}

function ruleOf(pair: string): { model_id: string; weight: number } {
  const match = /^(.+)=(\d+(?:\.\d{1,2})?)$/.exec(pair);
  if (!match?.[1]) throw new CliError(`--rule is "${pair}"; write MODEL=WEIGHT, e.g. qwen2-7b-stable=80`, 2);
  return { model_id: match[1], weight: Number(match[2]) };
}

function readRoute(file: string): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new CliError(`${file} must hold one route, a JSON object`);
  }
  return { ...body };
}

function pathOf(id: string): string {
  return `/routes/${encodeURIComponent(id)}`;
}
