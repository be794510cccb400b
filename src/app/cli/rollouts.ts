import { setTimeout as delay } from 'node:timers/promises';
import type { RolloutAnswer } from '../../contract/rollout.ts';
import type { CommandName } from '../../domain/rollout/input.ts';
import { over } from '../demo/live-view.ts';
import type { AdminClient } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { readInput } from './read-input.ts';
import { railOf, rolloutLine, rolloutView } from './rollout-view.ts';
import type { Shell } from './shell.ts';
import { untilSignal } from './signals.ts';
import { table } from './table.ts';

export interface CreateRolloutFlags extends GatewayFlags {
  readonly route: string;
  readonly candidate: string;
  /** A JSON file with `stages`; the standard ones without it. */
  readonly plan?: string;
}
export interface StatusFlags extends GatewayFlags {
  readonly watch?: boolean;
}
export interface CommandFlags extends GatewayFlags {
  readonly reason?: string;
  readonly force?: boolean;
  /** Counted from 1, as people do. */
  readonly stage?: number;
}

const REDRAW_MS = 1_000;

export async function listRollouts(flags: GatewayFlags, shell: Shell): Promise<number> {
  const rollouts = await openClient(flags, shell).list<RolloutAnswer>('/rollouts');
  print(shell, flags, { items: rollouts }, () =>
    rollouts.length === 0
      ? `no rollout; make one with ${shell.command} rollout create ID --route ROUTE --candidate MODEL`
      : table(['ROLLOUT', 'ROUTE', 'CANDIDATE', 'STATUS', 'STAGES'], rollouts.map(rowOf)),
  );
  return 0;
}

function rowOf(rollout: RolloutAnswer): string[] {
  const { id, route_id, candidate_model_id, status } = rollout;
  return [id, route_id, candidate_model_id, status, railOf(rollout)];
}

export async function createRollout(id: string, flags: CreateRolloutFlags, shell: Shell): Promise<number> {
  const { route: route_id, candidate: candidate_model_id, plan } = flags;
  const body = { id, route_id, candidate_model_id, ...(plan !== undefined && readPlan(plan)) };
  const made = await openClient(flags, shell).call<RolloutAnswer>('POST', '/rollouts', { body });
  print(
    shell,
    flags,
    made,
    () => `${rolloutView(made)}\n\nA draft; start it with ${shell.command} rollout start ${id}`,
  );
  return 0;
}

/** The stages of a file; ids that it names are those of another rollout. */
function readPlan(file: string): object {
  try {
    const { stages, template } = JSON.parse(readInput(file)) as { stages?: unknown; template?: unknown };
    return { ...(stages !== undefined && { stages }), ...(template !== undefined && { template }) };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** Shows a rollout; with `--watch` again and again until it has ended. Exit code 1 when it was aborted meanwhile. */
export async function showRollout(id: string, flags: StatusFlags, shell: Shell): Promise<number> {
  const client = openClient(flags, shell);
  if (flags.watch) return watch(client, id, shell);
  const rollout = await read(client, id);
  print(shell, flags, rollout, () => rolloutView(rollout));
  return 0;
}

function read(client: AdminClient, id: string): Promise<RolloutAnswer> {
  return client.call<RolloutAnswer>('GET', `/rollouts/${encodeURIComponent(id)}`);
}

async function watch(client: AdminClient, id: string, shell: Shell): Promise<number> {
  const signal = untilSignal();
  const ended = new AbortController();
  void signal.arrived.then(() => ended.abort());
  let drawn = '';
  let status: RolloutAnswer['status'] = 'active';
  while (!ended.signal.aborted) {
    const rollout = await read(client, id);
    ({ status } = rollout);
    const text = shell.isTty ? rolloutView(rollout) : rolloutLine(rollout);
    if (text !== drawn) shell.out(shell.isTty ? over(linesOf(drawn)) + text : text);
    drawn = text;
    if (status !== 'active' && status !== 'draft') break;
    // rejects when it is aborted; the loop's condition sees that
    await delay(REDRAW_MS, null, { signal: ended.signal }).catch(() => {});
  }
  signal.stop();
  return status === 'aborted' ? 1 : 0;
}

function linesOf(text: string): number {
  return text === '' ? 0 : text.split('\n').length;
}

/** Gives a command for what the rollout shows at this moment: a change in between refuses it. */
export async function commandRollout(
  id: string,
  name: CommandName,
  { flags, shell }: { flags: CommandFlags; shell: Shell },
): Promise<number> {
  const client = openClient(flags, shell);
  const { stage, version } = await read(client, id);
  const { reason, force, stage: from } = flags;
  const body = {
    stage: from === undefined ? stage : from - 1,
    expected_version: version,
    ...(reason !== undefined && { reason }),
    ...(force && { force }),
  };
  const path = `/rollouts/${encodeURIComponent(id)}/${name}`;
  const changed = await client.call<RolloutAnswer>('POST', path, { body });
  print(shell, flags, changed, () => rolloutView(changed));
  return 0;
}
