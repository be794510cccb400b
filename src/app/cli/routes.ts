import { readFileSync } from 'node:fs';
import type { RouteAnswer } from '../../contract/route.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export interface SetRouteFlags extends GatewayFlags {
  readonly id?: string;
  readonly rule?: readonly string[];
}

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

/** With rules: gives the named route those shares. Without: makes or changes the route that the file holds. */
export async function setRoute(routeOrFile: string, flags: SetRouteFlags, shell: Shell): Promise<number> {
  const { rule } = flags;
  return rule === undefined
    ? setFromFile(routeOrFile, flags, shell)
    : setRules(routeOrFile, rule, { flags, shell });
}

async function setRules(
  id: string,
  pairs: readonly string[],
  { flags, shell }: { flags: GatewayFlags; shell: Shell },
): Promise<number> {
  const given = pairs.map(ruleOf);
  const client = openClient(flags, shell);
  // The API replaces the rules as a whole; a share that changes must not lose what was written about it.
  const before = await client.call<RouteAnswer>('GET', pathOf(id));
  const wordsOf = new Map(before.rules.map((rule) => [rule.model_id, rule.description]));
  const rules = given.map((rule) => ({ description: wordsOf.get(rule.model_id) ?? '', ...rule }));
  const saved = await client.call<RouteAnswer>('PATCH', pathOf(id), { body: { rules } });
  print(shell, flags, saved, () => describeRoute(saved));
  return 0;
}

/** `-` reads standard input. */
async function setFromFile(file: string, flags: SetRouteFlags, shell: Shell): Promise<number> {
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
    `stable ${route.stable_model_id}, stickiness ${route.stickiness}${route.aliases.length === 0 ? '' : `, aliases ${route.aliases.join(', ')}`}`,
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

/** `MODEL=WEIGHT` or `MODEL=WEIGHT:DESCRIPTION`; a model id has no `=`. */
function ruleOf(text: string): { model_id: string; weight: number; description?: string } {
  const [, model, weight, description] = /^([^=]+)=(\d+(?:\.\d{1,2})?)(?::(.*))?$/s.exec(text) ?? [];
  if (model === undefined) {
    const example = 'e.g. qwen2-7b-stable=80 or qwen2-7b-stable=80:everyone';
    throw new CliError(`--rule is "${text}"; write MODEL=WEIGHT or MODEL=WEIGHT:DESCRIPTION, ${example}`, 2);
  }
  const words = description?.trim();
  return { model_id: model, weight: Number(weight), ...(words === undefined ? {} : { description: words }) };
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
