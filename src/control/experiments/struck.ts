import { isDeepStrictEqual } from 'node:util';
import type { ExperimentDocument } from '../../contract/experiment.ts';
import type { ModelDocument } from '../../contract/model.ts';
import type { ControlState } from '../state.ts';
import { stopped } from './stopped.ts';

/** More edits than these say no more. */
const MAX_EDITS = 100;
/** Fields that change nothing about an answer, or are looked after elsewhere. */
const HARMLESS: ReadonlySet<string> = new Set(['name', 'enabled', 'breaker']);

/**
 * What a change of models and routes does to the experiments that run: a disabled route or control stops them, another
 * disabled model stops its arm, and an edited model is noted, because before and after are two experiments. Nothing of
 * it is undone when model or route come back. Answers the documents that differ.
 */
export function experimentsStruck(
  before: ControlState,
  after: ControlState,
  nowMs: () => number,
): ReadonlyMap<string, ExperimentDocument> {
  const struck = new Map<string, ExperimentDocument>();
  if (before.models === after.models && before.routes === after.routes) return struck;
  for (const [id, { document }] of after.experiments) {
    if (document.status !== 'running') continue;
    const edited = editedModels(document, before, after);
    const disabled = document.arms.filter(
      (arm) => arm.stopped_at === null && after.models.get(arm.model_id)?.document.enabled === false,
    );
    const isRouteOff = after.routes.get(document.route_id)?.document.enabled === false;
    if (edited.length === 0 && disabled.length === 0 && !isRouteOff) continue;
    const at = new Date(nowMs()).toISOString();
    const noted: ExperimentDocument = {
      ...document,
      edits: [...document.edits, ...edited.map((edit) => ({ at, ...edit }))].slice(0, MAX_EDITS),
      arms: document.arms.map((arm) => (disabled.includes(arm) ? { ...arm, stopped_at: at } : arm)),
    };
    struck.set(id, isRouteOff ? stopped(noted, 'route_disabled', at) : withoutArms(noted, at));
  }
  return struck;
}

/** There is nothing to compare without the control, or with nothing beside it. */
function withoutArms(document: ExperimentDocument, at: string): ExperimentDocument {
  const [control, ...others] = document.arms;
  const isOver = control?.stopped_at !== null || others.every((arm) => arm.stopped_at !== null);
  return isOver ? stopped(document, 'model_disabled', at) : document;
}

/** Experiments that go on without a model that was taken back; answers the documents that differ. */
export function withoutModel(
  { experiments }: Pick<ControlState, 'experiments'>,
  modelId: string,
  at: string,
): ReadonlyMap<string, ExperimentDocument> {
  const isMeant = (arm: ExperimentDocument['arms'][number]) =>
    arm.model_id === modelId && arm.stopped_at === null;
  return new Map(
    [...experiments]
      .filter(([, { document }]) => document.status === 'running' && document.arms.some(isMeant))
      .map(([id, { document }]) => {
        const arms = document.arms.map((arm) => (isMeant(arm) ? { ...arm, stopped_at: at } : arm));
        return [id, withoutArms({ ...document, arms }, at)] as const;
      }),
  );
}

function editedModels({ arms }: ExperimentDocument, before: ControlState, after: ControlState) {
  const ids = [...new Set(arms.map(({ model_id }) => model_id))];
  return ids.flatMap((model_id) => {
    const [old, now] = [before.models.get(model_id), after.models.get(model_id)];
    if (old === undefined || now === undefined || old === now) return [];
    return changedFields(old.document, now.document).map((field) => ({ model_id, field }));
  });
}

/** Fields of a model whose change makes it another one. */
export function changedFields(old: ModelDocument, now: ModelDocument): string[] {
  const before = new Map<string, unknown>(Object.entries(old));
  return Object.entries(now)
    .filter(([field, value]) => !HARMLESS.has(field) && !isDeepStrictEqual(before.get(field), value))
    .map(([field]) => field);
}
