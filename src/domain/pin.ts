import type { Standing } from './breaker.ts';
import type { Model } from './config.ts';
import type { LiveArm } from './live-experiment.ts';
import type { CompiledRoute } from './snapshot.ts';

/** The model that a conversation is on, on the route where it began. */
export interface Pin {
  readonly routeId: string;
  readonly modelId: string;
  /** The arm of an experiment that gave it the model, so that all its answers count there. */
  readonly arm: ArmName | null;
}

type ArmName = Pick<LiveArm, 'experimentId' | 'name'>;

/** Why a conversation may not stay on its model: that or its route was disabled, its breaker is open, it left the route. */
export type PinBreak = 'disabled' | 'breaker' | 'retired';

/** The model that a conversation stays on, or why it may not; null where no pin counts. */
export function heldBy(
  pin: Pin | null,
  compiled: CompiledRoute,
  standingOf: (modelId: string) => Standing,
): Model | PinBreak | null {
  const { route } = compiled;
  if (pin === null || route.stickiness !== 'conversation' || pin.routeId !== route.id) return null;
  if (!route.enabled) return 'disabled';
  const model = modelOn(compiled, pin.modelId);
  if (model === null) return 'retired';
  if (!model.enabled) return 'disabled';
  return standingOf(model.id) === 'open' ? 'breaker' : model;
}

/** A rule of weight 0 counts as well: so a model is drained of its conversations. */
function modelOn({ stable, bounds, experiment, rollout }: CompiledRoute, id: string): Model | null {
  if (stable.id === id) return stable;
  if (rollout?.candidate.id === id) return rollout.candidate;
  for (const { model } of bounds) if (model.id === id) return model;
  for (const { model } of experiment?.arms ?? []) if (model?.id === id) return model;
  return null;
}

/** The arm that gave a conversation its model, while its experiment runs. */
export function armHolding(pin: Pin | null, { experiment }: CompiledRoute): LiveArm | null {
  const held = pin?.arm ?? null;
  if (held === null || experiment === null) return null;
  return experiment.arms.find((arm) => arm.model !== null && isSame(arm, held)) ?? null;
}

function isSame(one: ArmName | null, other: ArmName | null): boolean {
  return one?.experimentId === other?.experimentId && one?.name === other?.name;
}

/** Reasons that say where a conversation goes on; an override or an audience speaks for one request. */
const PINNING: ReadonlySet<string | null> = new Set([
  'rule',
  'rollout',
  'experiment',
  'pinned',
  'route_disabled',
]);

/** How a request was decided, in the words of its event. */
export interface Decided {
  readonly routeId: string | null;
  readonly reason: string | null;
  readonly assignedModelId: string | null;
  /** The model that was chosen to answer. */
  readonly servingModelId: string | null;
  readonly fallback: string | null;
  readonly arm: ArmName | null;
}

/**
 * What holds a conversation after one more request: its newest on the route where it began tells it alone, so that it
 * can be told again from the journal. A broken pin is not mended: the conversation goes on with the model that stood in,
 * or it would change sides twice. One attempt that failed breaks nothing.
 */
export function pinAfter(pin: Pin | null, request: Decided): Pin | null {
  const { routeId, reason, assignedModelId, servingModelId, fallback } = request;
  if (routeId === null || !PINNING.has(reason)) return pin;
  if (pin !== null && pin.routeId !== routeId) return pin;
  const stoodIn = fallback === 'open' || fallback === 'disabled';
  const modelId = stoodIn ? (servingModelId ?? assignedModelId) : assignedModelId;
  const arm = stoodIn ? null : request.arm;
  if (modelId === null || (modelId === pin?.modelId && isSame(arm, pin.arm))) return pin;
  return { routeId, modelId, arm: arm && { experimentId: arm.experimentId, name: arm.name } };
}
