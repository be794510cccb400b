import { styleText } from 'node:util';
import type { WarningList } from '../../contract/analysis.ts';
import type { CheckReport, ModelAnswer } from '../../contract/model.ts';
import type { RouteAnswer } from '../../contract/route.ts';
import { collectFacts } from '../doctor/collect.ts';
import { examine } from '../doctor/examine.ts';
import type { Subject } from '../doctor/facts.ts';
import type { Finding, Level } from '../doctor/finding.ts';
import { mergeViews } from '../doctor/merge-views.ts';
import { scanLogFile } from '../doctor/scan-log.ts';
import type { AdminClient } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { findOllama } from './find-ollama.ts';
import { openClient, print } from './gateway-command.ts';
import { type GatewayFlags, httpUrl } from './options.ts';
import type { Shell } from './shell.ts';
import { printable } from './table.ts';

export interface DoctorFlags extends GatewayFlags {
  readonly upstream?: string;
  readonly model?: string;
  readonly protocol?: string;
  readonly ollamaLog?: string;
}

/** The gateway's own check is two calls, each of which may load the model first. */
const CHECK_LIMIT_MS = 300_000;
const USUAL_OLLAMA = 'http://127.0.0.1:11434';
const FIND_LIMIT_MS = 500;

/** Examines every registered model, or one server directly, and a log. Exit code 1 when something is broken. */
export async function doctor(flags: DoctorFlags, shell: Shell): Promise<number> {
  const findings: Finding[] = [];
  if (flags.upstream !== undefined) findings.push(...(await examineUpstream(flags, flags.upstream)));
  else findings.push(...(await examineGateway(flags, shell)));
  if (flags.ollamaLog !== undefined) findings.push(...(await examineLog(flags.ollamaLog)));
  const isBroken = findings.some(({ level }) => level === 'broken');
  print(shell, flags, { ok: !isBroken, findings }, () => report(findings, shell));
  return isBroken ? 1 : 0;
}

async function examineUpstream(flags: DoctorFlags, upstream: string): Promise<Finding[]> {
  const baseUrl = httpUrl(upstream);
  const protocol = flags.protocol ?? (baseUrl.endsWith('/v1') ? 'openai' : 'ollama');
  if (protocol !== 'ollama' && protocol !== 'openai') {
    throw new CliError(`--protocol is "${protocol}"; one of ollama, openai`, 2);
  }
  const subject: Subject = { id: null, protocol, baseUrl, upstreamModel: flags.model ?? null, options: null };
  return examine(await collectFacts(subject));
}

async function examineGateway(flags: DoctorFlags, shell: Shell): Promise<Finding[]> {
  const client = openClient(flags, shell);
  try {
    await client.probe('/healthz');
  } catch (error) {
    const down = gatewayFinding(
      'broken',
      error instanceof Error ? error.message : String(error),
      'sluice start',
    );
    // What the gateway would talk to can be looked at all the same.
    const hasOllama = (await findOllama(USUAL_OLLAMA, FIND_LIMIT_MS)) !== null;
    return hasOllama ? [down, ...(await examineUpstream(flags, USUAL_OLLAMA))] : [down];
  }
  const models = await client.list<ModelAnswer>('/models');
  const routes = await client.list<RouteAnswer>('/routes');
  const findings = [
    gatewayFinding('ok', `Sluice answers at ${client.url}`, null),
    ...configurationFindings(models, routes),
    ...(await recordFindings(client)),
  ];
  // One after the other: two models of one machine would slow each other down and be called slow.
  for (const model of models.filter(({ enabled }) => enabled)) {
    findings.push(...(await examineModel(model, client)));
  }
  return findings;
}

async function examineModel(model: ModelAnswer, client: AdminClient): Promise<Finding[]> {
  const { id, protocol, base_url, upstream_model, options } = model;
  const subject: Subject = { id, protocol, baseUrl: base_url, upstreamModel: upstream_model, options };
  // A loopback address means the gateway's machine; from another one it cannot be looked at.
  const isElsewhere = isLoopback(base_url) && !isLoopback(client.url);
  const direct = isElsewhere ? null : examine(await collectFacts(subject));
  const path = `/models/${encodeURIComponent(id)}/check`;
  return mergeViews(id, direct, await client.call<CheckReport>('POST', path, { limitMs: CHECK_LIMIT_MS }));
}

/** What the record of requests warns of; nothing while the index cannot answer, which is no fault of a model. */
async function recordFindings(client: AdminClient): Promise<Finding[]> {
  const list = await client.call<WarningList>('GET', '/warnings').catch(() => null);
  // Of the models the doctor finds the same by itself, and newer.
  const ofUsers = (list?.items ?? []).filter(({ model_id }) => model_id === undefined);
  return ofUsers.map(({ warning, message, advice }) => ({
    check: warning,
    level: 'warn',
    model: null,
    what: message,
    why: advice,
    command: null,
  }));
}

/** What the configuration alone shows: nothing to serve, or nobody who is served by default. */
function configurationFindings(models: readonly ModelAnswer[], routes: readonly RouteAnswer[]): Finding[] {
  if (models.length === 0) {
    return [
      gatewayFinding(
        'warn',
        'no model is registered',
        'sluice models add ID --url http://127.0.0.1:11434 --model NAME',
      ),
    ];
  }
  if (routes.length === 0) {
    return [
      gatewayFinding(
        'warn',
        'there is no route: only calls that name a model are served',
        `sluice routes add support --default --rule ${models[0]?.id}=100`,
      ),
    ];
  }
  if (routes.some((route) => route.default)) return [];
  return [
    gatewayFinding(
      'warn',
      'no route is the default: calls that name an unknown model get 404',
      `echo '{"default":true}' | sluice routes set - --id ${routes[0]?.id}`,
    ),
  ];
}

async function examineLog(file: string): Promise<Finding[]> {
  try {
    return await scanLogFile(file);
  } catch (error) {
    throw new CliError(`${file} cannot be read (${error instanceof Error ? error.message : error})`);
  }
}

function gatewayFinding(level: Level, what: string, command: string | null): Finding {
  return { check: 'gateway', level, model: null, what, why: null, command };
}

const MARKS = { ok: 'ok    ', warn: 'warn  ', broken: 'BROKEN' } as const;
const COLOURS = { ok: 'green', warn: 'yellow', broken: 'red' } as const;

/** Findings under the models they belong to, each with its cure, then one line that sums up. */
function report(findings: readonly Finding[], shell: Shell): string {
  const lines: string[] = [];
  let model: string | null = null;
  for (const finding of findings) {
    if (finding.model !== model && finding.model !== null) lines.push('', finding.model);
    model = finding.model;
    const mark = MARKS[finding.level];
    lines.push(
      `  ${shell.isTty ? styleText(COLOURS[finding.level], mark) : mark}  ${printable(finding.what)}`,
    );
    if (finding.why !== null) lines.push(`          ${printable(finding.why)}`);
    if (finding.command !== null)
      lines.push(`          → ${finding.command.replace(/\bsluice (?=[a-z])/, `${shell.command} `)}`);
  }
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  return [...lines, '', `${count('broken')} broken, ${count('warn')} to look at, ${count('ok')} fine`].join(
    '\n',
  );
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
}
