import type { RolloutEventAnswer } from '../../contract/rollout.ts';
import { blocksOf } from '../../domain/rollout/state.ts';
import type { RolloutEvent } from '../../domain/rollout/transition.ts';
import { sayReason } from '../../domain/rollout/words.ts';
import type { HistoryPage } from '../../ports/config-store.ts';
import type { ControlCore } from '../core.ts';
import { gateFigures } from './gate-figures.ts';
import { rolloutOf } from './record.ts';

/** What happened to a rollout, newest first, each change with its reason and the gates as they stood. */
export async function rolloutEvents(
  { door, store }: Pick<ControlCore, 'door' | 'store'>,
  id: string,
  page: HistoryPage,
): Promise<RolloutEventAnswer[]> {
  rolloutOf(door.state(), id);
  const events = await store.rolloutEvents(id, page);
  return events.map(({ event }) => toAnswer(event as RolloutEvent)); // as it was written
}

function toAnswer(event: RolloutEvent): RolloutEventAnswer {
  const { from, patch, evidence = [] } = event;
  const before = { status: from.status, stage: from.stage, weight: from.steps / 100 };
  return {
    version: event.version,
    at: new Date(event.atMs).toISOString(),
    actor: event.actor,
    type: event.type,
    from: before,
    to: {
      status: patch.status ?? from.status,
      stage: patch.stage ?? from.stage,
      weight: (patch.steps ?? from.steps) / 100,
    },
    blocks: patch.blocks === undefined ? null : blocksOf(patch.blocks),
    said: { code: event.reason.code, ...sayReason(event.reason) },
    gates: evidence.map(gateFigures),
    command_id: event.commandId,
  };
}
