import type { GateFigures } from '../../contract/rollout.ts';
import { sayGate } from '../../domain/rollout/gate-words.ts';
import type { GateFinding } from '../../domain/rollout/reason.ts';

/** JSON has no infinity: a ratio to nothing, a bound without an end. */
const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

export function gateFigures(finding: GateFinding): GateFigures {
  const { metric, isVsStable, verdict, value, control, bound, samples, needed } = finding;
  return {
    metric: isVsStable ? `${metric}_vs_stable` : metric,
    verdict,
    value: finite(value),
    control: finite(control),
    bound: finite(bound),
    samples,
    needed,
    said: { code: verdict, ...sayGate(finding) },
  };
}
