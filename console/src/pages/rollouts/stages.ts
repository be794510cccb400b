import type { Body } from '../../api/call.ts';
import { DURATION } from '../../parts/duration-field.tsx';

export type Stages = NonNullable<Body<'POST /rollouts'>['stages']>;
type Gate = NonNullable<Stages[number]['gates']>[number];

/** A stage as the form has it: limits are text, because some are numbers and some are times. */
export interface StageDraft extends Omit<Stages[number], 'gates'> {
  readonly gates?: readonly (Omit<Gate, 'value'> & { readonly value: string })[];
}

/** A gate that most begin with. */
export const FIRST_GATE = {
  metric: 'error_rate',
  op: '<=',
  value: '0.03',
  min_samples: 100,
  on_fail: 'hold',
} as const;
const SLOWNESS = { ...FIRST_GATE, metric: 'latency_p95', op: '<', value: '8s' } as const;

/** A cautious beginning, to be edited. */
export const FIRST_STAGES: readonly StageDraft[] = [1, 5, 25, 50, 100].map((weight) => ({
  weight,
  hold: weight < 25 ? '2h' : '12h',
  quiet: '10m',
  approval: false,
  gates: [FIRST_GATE, SLOWNESS],
}));

export function stagesOf(drafts: readonly StageDraft[]): Stages {
  return drafts.map(({ gates = [], ...stage }) => ({
    ...stage,
    gates: gates.map((gate) => ({
      ...gate,
      value: DURATION.test(gate.value) ? gate.value : Number(gate.value),
    })),
  }));
}

export function draftsOf(stages: Stages): StageDraft[] {
  return stages.map(({ gates = [], ...stage }) => ({
    ...stage,
    gates: gates.map((gate) => ({ ...gate, value: String(gate.value) })),
  }));
}
