import type { ExperimentAnswer } from '../../contract/experiment.ts';
import type { ExperimentPlan, ExperimentReport } from '../../contract/experiment-report.ts';
import { differenceText, percentText, type Said, valueText } from '../../domain/experiment/words.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { readInput } from './read-input.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

interface Command<Flags extends GatewayFlags = GatewayFlags> {
  readonly flags: Flags;
  readonly shell: Shell;
}

export interface ReportFlags extends GatewayFlags {
  readonly format?: string;
  readonly language?: string;
}

export async function listExperiments(flags: GatewayFlags, shell: Shell): Promise<number> {
  const experiments = await openClient(flags, shell).list<ExperimentAnswer>('/experiments');
  print(shell, flags, { items: experiments }, () =>
    experiments.length === 0
      ? `No experiment yet. Write one: ${shell.command} experiment add FILE`
      : table(['ID', 'STATUS', 'ROUTE', 'ARMS', 'ENDS'], experiments.map(rowOf)),
  );
  return 0;
}

/** Writes the experiment of a JSON file; `-` reads standard input. */
export async function addExperiment(file: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const made = await openClient(flags, shell).call<ExperimentAnswer>('POST', '/experiments', {
    body: readJson(file),
  });
  print(
    shell,
    flags,
    made,
    () => `Experiment ${made.id} is written. Next: ${shell.command} experiment start ${made.id}`,
  );
  return 0;
}

/** What a written experiment, or one in a file, could show at the present traffic. */
export async function planExperiment(what: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const client = openClient(flags, shell);
  const isWritten = (await client.list<ExperimentAnswer>('/experiments')).some(({ id }) => id === what);
  const body = isWritten ? { experiment_id: what } : outlineIn(what);
  const plan = await client.call<ExperimentPlan>('POST', '/experiments/plan', { body });
  print(shell, flags, plan, () => describePlan(plan));
  return 0;
}

/** Warns beforehand of what the planned time cannot show, and tunes the tests for the users that are expected. */
export async function startExperiment(id: string, { flags, shell }: Command): Promise<number> {
  const client = openClient(flags, shell);
  const path = pathOf(id);
  const draft = await client.call<ExperimentAnswer>('GET', path);
  const plan = await client
    .call<ExperimentPlan>('POST', '/experiments/plan', { body: { experiment_id: id } })
    .catch(() => null); // it starts without a plan, too
  if (plan !== null && !plan.is_enough) {
    shell.err(`sluice: ${draft.duration} may not be enough:`);
    for (const { said } of plan.metrics) shell.err(`  ${said.en}`);
  }
  if (plan !== null && draft.status === 'draft' && draft.expected_users === null && plan.expected_users > 1) {
    await client.call('PATCH', path, { body: { expected_users: plan.expected_users } });
  }
  const started = await client.call<ExperimentAnswer>('POST', `${path}/start`);
  print(
    shell,
    flags,
    started,
    () => `Experiment ${id} runs until ${started.ends_at}. Read it: ${shell.command} experiment report ${id}`,
  );
  return 0;
}

export async function endExperiment(
  id: string,
  verb: 'stop' | 'archive',
  { flags, shell }: Command,
): Promise<number> {
  const ended = await openClient(flags, shell).call<ExperimentAnswer>('POST', `${pathOf(id)}/${verb}`);
  print(shell, flags, ended, () => `Experiment ${id} is ${ended.status}; its report stays.`);
  return 0;
}

const FILES = ['md', 'html', 'csv'];

export async function reportExperiment(id: string, { flags, shell }: Command<ReportFlags>): Promise<number> {
  const { format, language } = flags;
  const client = openClient(flags, shell);
  if (format !== undefined) {
    if (!FILES.includes(format)) throw new CliError(`--format is "${format}"; one of ${FILES.join(', ')}`, 2);
    const query =
      language === undefined || format === 'csv' ? '' : `?language=${encodeURIComponent(language)}`;
    for await (const chunk of await client.download(`${pathOf(id)}/report.${format}${query}`))
      await shell.write(chunk);
    return 0;
  }
  const report = await client.call<ExperimentReport>('GET', `${pathOf(id)}/report`);
  print(shell, flags, report, () => describeReport(report, language === 'zh-CN' ? 'zh' : 'en'));
  return 0;
}

function rowOf({ id, status, stopped_because, route_id, arms, ends_at }: ExperimentAnswer): string[] {
  const shares = arms.map(({ name, model_id, share }) => `${name} ${model_id} ${share} %`);
  return [
    id,
    stopped_because === null ? status : `${status}: ${stopped_because}`,
    route_id,
    shares.join(', '),
    ends_at ?? '-',
  ];
}

function describePlan(plan: ExperimentPlan): string {
  return [
    `${Math.round(plan.users_per_day)} users a day on route ${plan.route_id}; ${plan.expected_users} in the arms after ${plan.duration}.`,
    ...plan.metrics.map(({ said }) => said.en),
    plan.is_enough
      ? `${plan.duration} are enough.`
      : `${plan.duration} are NOT enough for every primary metric and guardrail.`,
  ].join('\n');
}

function describeReport(report: ExperimentReport, language: 'en' | 'zh'): string {
  const troubles = report.health.filter(({ level }) => level !== 'fine');
  return [
    `${report.name}: ${report.status.replace('_', ' ')}, ${report.arms.map(({ name, users }) => `${name} ${users}`).join(', ')} users`,
    report.decision.said[language],
    '',
    table(
      ['METRIC', 'ARM', 'VERDICT', '>CONTROL', '>ARM', '>DIFFERENCE'],
      report.metrics.map((one) => metricRow(one, language)),
    ),
    '',
    ...report.metrics.map(({ said }) => said[language]),
    ...troubles.map(({ level, said }) => `${level === 'invalid' ? 'INVALID' : 'Warning'}: ${said[language]}`),
  ].join('\n');
}

function metricRow(
  { metric, arm, verdict, numbers }: ExperimentReport['metrics'][number],
  language: keyof Said,
): string[] {
  const words = verdict.replaceAll('_', ' ');
  if (numbers === null) return [metric, arm, words, '-', '-', '-'];
  const { scale, value, confidence } = numbers.effect;
  const difference = scale === 'ratio' ? `× ${value.toFixed(2)}` : differenceText(metric, value)[language];
  return [
    metric,
    arm,
    words,
    valueText(metric, numbers.control)[language],
    valueText(metric, numbers.treatment)[language],
    `${difference} (${percentText(confidence)})`,
  ];
}

/** The outline of a plan: the fields of an experiment that it asks for. */
function outlineIn(file: string): object {
  const { route_id, duration, arms, metrics, rule } = readJson(file);
  return { route_id, duration, arms, metrics, ...(rule !== undefined && { rule }) };
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  const text = readInput(file);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${file} is no JSON (${error instanceof Error ? error.message : error})`);
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new CliError(`${file} must hold one experiment, a JSON object`);
}

function pathOf(id: string): string {
  return `/experiments/${encodeURIComponent(id)}`;
}
