import type { CheckReport, ModelAnswer } from '../../contract/model.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import { type GatewayFlags, httpUrl } from './options.ts';
import type { Shell } from './shell.ts';
import { printable, table } from './table.ts';

/** In `models add` and `models set`, `--url` is the model server's address, so the gateway's has another name. */
export interface ModelFlags {
  readonly url?: string;
  readonly model?: string;
  readonly protocol?: string;
  readonly option?: readonly string[];
  readonly apiKey?: string;
  readonly gateway?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** A check makes two calls to a model that may have to be loaded first. */
const CHECK_LIMIT_MS = 300_000;

export async function listModels(flags: GatewayFlags, shell: Shell): Promise<number> {
  const models = await openClient(flags, shell).list<ModelAnswer>('/models');
  print(shell, flags, { items: models }, () =>
    models.length === 0
      ? `No model is registered. Add one: ${shell.command} models add ID --url http://127.0.0.1:11434 --model NAME`
      : table(['ID', 'UPSTREAM MODEL', 'PROTOCOL', 'ADDRESS', 'ENABLED', 'NAME'], models.map(modelRow)),
  );
  return 0;
}

export async function addModel(id: string, flags: ModelFlags, shell: Shell): Promise<number> {
  if (flags.url === undefined || flags.model === undefined) {
    throw new CliError('a new model needs --url (where its server is) and --model (its name there)', 2);
  }
  // An address in the OpenAI way ends in /v1, and no Ollama address does.
  const protocol = /\/v1\/*$/.test(flags.url) ? 'openai' : 'ollama';
  const client = openClient(gatewayFlags(flags), shell);
  const body = { id, protocol, ...fieldsOf(flags) };
  const made = await client.call<ModelAnswer>('POST', '/models', { body });
  print(shell, flags, made, () => `Model ${id} is registered. Try it: ${shell.command} models check ${id}`);
  return 0;
}

export async function setModel(id: string, flags: ModelFlags, shell: Shell): Promise<number> {
  const client = openClient(gatewayFlags(flags), shell);
  const fields = fieldsOf(flags);
  if (Object.keys(fields).length === 0) {
    throw new CliError('nothing to change: give --url, --model, --protocol, --api-key or --option', 2);
  }
  const path = `/models/${encodeURIComponent(id)}`;
  // The API replaces `options` as a whole; one named here must not wipe out the others.
  const before = fields.options ? (await client.call<ModelAnswer>('GET', path)).options : null;
  const body = fields.options ? { ...fields, options: { ...before, ...fields.options } } : fields;
  const changed = await client.call<{ config_version: number }>('PATCH', path, { body });
  print(
    shell,
    flags,
    changed,
    () => `Model ${id} is changed, in force as version ${changed.config_version}.`,
  );
  return 0;
}

export async function removeModel(id: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const removed = await openClient(flags, shell).call<object>('DELETE', `/models/${encodeURIComponent(id)}`);
  print(shell, flags, removed, () => `Model ${id} is removed.`);
  return 0;
}

/** Takes a model out of service, or back into it. */
export async function switchModel(
  id: string,
  verb: 'disable' | 'enable',
  { flags, shell }: { flags: GatewayFlags; shell: Shell },
): Promise<number> {
  const path = `/models/${encodeURIComponent(id)}/${verb}`;
  const model = await openClient(flags, shell).call<ModelAnswer>('POST', path);
  print(shell, flags, model, () =>
    verb === 'disable'
      ? `Model ${id} is disabled: its users get its fallback or the route's stable model. Undo: ${shell.command} models enable ${id}`
      : `Model ${id} is enabled.`,
  );
  return 0;
}

/** Exit code 1 when one of the two calls failed. */
export async function checkModel(id: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const path = `/models/${encodeURIComponent(id)}/check`;
  const report = await openClient(flags, shell).call<CheckReport>('POST', path, { limitMs: CHECK_LIMIT_MS });
  print(
    shell,
    flags,
    report,
    () => `${callLine('plain', report.plain)}\n${callLine('stream', report.stream)}`,
  );
  return report.ok ? 0 : 1;
}

function callLine(name: string, call: CheckReport['plain']): string {
  const label = name.padEnd(7);
  if (call.error) return `${label} failed: ${call.error.class}: ${printable(call.error.message)}`;
  const first =
    call.first_token_ms === null ? '' : `, first token after ${Math.round(call.first_token_ms)} ms`;
  return `${label} ok in ${Math.round(call.latency_ms ?? 0)} ms${first}`;
}

function modelRow(model: ModelAnswer): string[] {
  const { id, upstream_model, protocol, base_url, enabled, name } = model;
  return [id, upstream_model, protocol, base_url, enabled ? 'yes' : 'no', name];
}

function gatewayFlags(flags: ModelFlags): GatewayFlags {
  return {
    ...(flags.gateway === undefined ? {} : { url: flags.gateway }),
    ...(flags.key === undefined ? {} : { key: flags.key }),
  };
}

interface ModelFields {
  readonly protocol?: string;
  readonly base_url?: string;
  readonly upstream_model?: string;
  readonly api_key?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The fields that were given; what they may be is the gateway's to judge. */
function fieldsOf(flags: ModelFlags): ModelFields {
  return {
    ...(flags.protocol === undefined ? {} : { protocol: flags.protocol }),
    ...(flags.url === undefined ? {} : { base_url: httpUrl(flags.url) }),
    ...(flags.model === undefined ? {} : { upstream_model: flags.model }),
    ...(flags.apiKey === undefined ? {} : { api_key: flags.apiKey }),
    ...(flags.option === undefined ? {} : { options: Object.fromEntries(flags.option.map(optionOf)) }),
  };
}

/** `num_ctx=8192` → a number, `stop=["x"]` → a list; what is not JSON is text. */
function optionOf(pair: string): [string, unknown] {
  const cut = pair.indexOf('=');
  if (cut < 1) throw new CliError(`--option is "${pair}"; write NAME=VALUE, e.g. num_ctx=8192`, 2);
  const value = pair.slice(cut + 1);
  try {
    return [pair.slice(0, cut), JSON.parse(value)];
  } catch {
    return [pair.slice(0, cut), value];
  }
}
