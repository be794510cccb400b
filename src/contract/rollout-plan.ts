import Type, { type Static } from 'typebox';
import { ERROR_CLASSES, type ErrorClass } from '../domain/error-class.ts';
import { METRIC_IDS, METRICS, type MetricId } from '../domain/metric.ts';
import type { Gate, Plan, Stage } from '../domain/rollout/plan.ts';
import { GATE_DEFAULTS, STAGE_DEFAULTS, STANDARD_STAGES } from '../domain/rollout/template.ts';
import { durationMs, formatDuration } from './duration.ts';
import { DurationText, Id, nullable, strict } from './fields.ts';
import { Weight } from './route.ts';
import type { FieldError } from './schema-check.ts';

const VERSUS = '_vs_stable';
const TIMEOUTS = ERROR_CLASSES.filter((errorClass) => errorClass.startsWith('timeout_'));

const Metric = Type.Enum(
  [...METRIC_IDS, ...METRIC_IDS.map((id) => `${id}${VERSUS}`)] as [string, ...string[]],
  {
    description: `a metric, or with ${VERSUS} the candidate's value ÷ the control group's in the same minutes`,
  },
);
const Limit = Type.Union([Type.Number(), DurationText('1ms', '24h')], {
  description: "in the metric's unit: a share is 0–1, a duration a text, a comparison with stable a multiple",
  examples: [0.005, '8s', 2],
});
const FIELDS = {
  metric: Metric,
  op: Type.Enum(['<', '<=', '>', '>='] as const),
  value: Limit,
};
const DEFAULTED = {
  classes: nullable(
    Type.Array(Type.Enum([...ERROR_CLASSES, 'timeout'] as [string, ...string[]]), {
      minItems: 1,
      uniqueItems: true,
      description: 'of error_count: the failures that are meant; "timeout" stands for every timeout_*',
    }),
  ),
  mode: Type.Enum(['point', 'confident'] as const, {
    description: 'point: the value is within the limit; confident: so is the bound of its interval',
  }),
  min_samples: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  hard_limit: nullable({
    ...Limit,
    description: 'beyond it, with 20 requests or more, the rollout is aborted at once',
  }),
  on_fail: Type.Enum(['abort', 'hold', 'warn'] as const),
  on_no_data: Type.Enum(['hold', 'warn'] as const, {
    description: 'warn: not knowing keeps nothing from going on',
  }),
};
const GateInput = strict({ ...FIELDS, ...Type.Partial(strict(DEFAULTED)).properties });
const GateDocument = strict({ ...FIELDS, ...DEFAULTED });
type GateInput = Static<typeof GateInput>;
type GateDocument = Static<typeof GateDocument>;

const StageWeight = {
  ...Weight,
  minimum: 0.01,
  description: "percent of the route's users for the candidate",
};
const TIMES = {
  hold: DurationText('0ms', '90d'),
  quiet: DurationText('0ms', '90d'),
  max_wait: DurationText('1s', '90d'),
  approval: Type.Boolean({ description: 'somebody must approve once all else has passed' }),
};
const Stages = <S extends typeof StageInput | typeof StageDocument>(stage: S) =>
  Type.Array(stage, { minItems: 1, maxItems: 50 });
const Gates = <S extends typeof GateInput | typeof GateDocument>(gate: S) =>
  Type.Array(gate, { maxItems: 30 });
const StageInput = strict({
  weight: StageWeight,
  ...Type.Partial(strict(TIMES)).properties,
  gates: Type.Optional(Gates(GateInput)),
});
const StageDocument = strict({ weight: StageWeight, ...TIMES, gates: Gates(GateDocument) });
type StageDocument = Static<typeof StageDocument>;

const RELEASE = { id: Id, route_id: Id, candidate_model_id: Id };
/** A rollout as an operator writes it; without stages or with `{"template":"standard"}` it has the standard ones. */
export const RolloutInput = strict({
  ...RELEASE,
  template: Type.Optional(Type.Enum(['standard'] as const)),
  stages: Type.Optional(Stages(StageInput)),
});
export type RolloutInput = Static<typeof RolloutInput>;

/** A rollout's plan as the store keeps it: complete. */
export const RolloutDocument = strict({ ...RELEASE, stages: Stages(StageDocument) });
export type RolloutDocument = Static<typeof RolloutDocument>;

/** What the schema cannot say of written gates: which of them have durations for limits. */
export function limitFormFaults({ stages = [] }: RolloutInput): FieldError[] {
  return stages.flatMap(({ gates = [] }, i) =>
    gates.flatMap((gate, k) => {
      const isDuration = isInMs(gate.metric);
      return (['value', 'hard_limit'] as const).flatMap((field) => {
        const limit = gate[field] ?? null;
        if (limit === null || (typeof limit === 'string') === isDuration) return [];
        const message = isDuration
          ? `the limit of ${gate.metric} is a duration such as "8s", got ${limit}`
          : `the limit of ${gate.metric} is a number, got "${limit}"`;
        return [{ path: `stages[${i}].gates[${k}].${field}`, message }];
      });
    }),
  );
}

/** Fills in what was not written. */
export function completeRollout(input: RolloutInput): RolloutDocument {
  const { id, route_id, candidate_model_id, stages } = input;
  const defaults = writeStage({ ...STAGE_DEFAULTS, steps: 0 });
  const written = stages?.map((stage) => ({
    ...defaults,
    ...stage,
    gates: (stage.gates ?? []).map(completeGate),
  }));
  return { id, route_id, candidate_model_id, stages: written ?? STANDARD_STAGES.map(writeStage) };
}

function completeGate(gate: GateInput): GateDocument {
  const { classes, mode, minSamples, hardLimit, onFail, onNoData } = GATE_DEFAULTS;
  const defaults = { classes, mode, hard_limit: hardLimit, on_fail: onFail, on_no_data: onNoData };
  // One request without a failure is the least that says anything of a count.
  return { ...defaults, min_samples: gate.metric === 'error_count' ? 1 : minSamples, ...gate };
}

/** The plan in units of the domain. `stableModelId` is the route's. */
export function toPlan(
  { id, route_id, candidate_model_id, stages }: RolloutDocument,
  stableModelId: string,
): Plan {
  return {
    id,
    routeId: route_id,
    stableModelId,
    candidateModelId: candidate_model_id,
    stages: stages.map(readStage),
  };
}

function readStage({ weight, hold, quiet, max_wait, approval, gates }: StageDocument): Stage {
  return {
    steps: Math.round(weight * 100),
    holdMs: durationMs(hold),
    quietMs: durationMs(quiet),
    maxWaitMs: durationMs(max_wait),
    needsApproval: approval,
    gates: gates.map(readGate),
  };
}

function readGate(gate: GateDocument): Gate {
  const { classes, hard_limit } = gate;
  return {
    metric: metricOf(gate.metric),
    isVsStable: gate.metric.endsWith(VERSUS),
    classes: classes?.flatMap((name) => (name === 'timeout' ? TIMEOUTS : [name as ErrorClass])) ?? null,
    op: gate.op,
    limit: readLimit(gate.value),
    mode: gate.mode,
    minSamples: gate.min_samples,
    hardLimit: hard_limit === null ? null : readLimit(hard_limit),
    onFail: gate.on_fail,
    onNoData: gate.on_no_data,
  };
}

function readLimit(limit: number | string): number {
  return typeof limit === 'string' ? durationMs(limit) : limit;
}

function metricOf(written: string): MetricId {
  return (written.endsWith(VERSUS) ? written.slice(0, -VERSUS.length) : written) as MetricId;
}

function isInMs(written: string): boolean {
  return !written.endsWith(VERSUS) && METRICS[metricOf(written)].unit === 'ms';
}

function writeStage(stage: Stage): StageDocument {
  return {
    weight: stage.steps / 100,
    hold: formatDuration(stage.holdMs),
    quiet: formatDuration(stage.quietMs),
    max_wait: formatDuration(stage.maxWaitMs),
    approval: stage.needsApproval,
    gates: stage.gates.map(writeGate),
  };
}

function writeGate(gate: Gate): GateDocument {
  const metric = gate.isVsStable ? `${gate.metric}${VERSUS}` : gate.metric;
  const write = (limit: number) => (isInMs(metric) ? formatDuration(limit) : limit);
  const isAllTimeouts = TIMEOUTS.every((name) => gate.classes?.includes(name));
  const classes = isAllTimeouts
    ? [...(gate.classes ?? []).filter((name) => !TIMEOUTS.includes(name)), 'timeout']
    : gate.classes && [...gate.classes];
  return {
    metric,
    op: gate.op,
    value: write(gate.limit),
    classes,
    mode: gate.mode,
    min_samples: gate.minSamples,
    hard_limit: gate.hardLimit === null ? null : write(gate.hardLimit),
    on_fail: gate.onFail,
    on_no_data: gate.onNoData,
  };
}
