import type { RolloutAnswer } from '../../contract/rollout.ts';
import { table } from './table.ts';

/** A rollout for a terminal: its rail of stages, why it is not going on, and its gates. */
export function rolloutView(rollout: RolloutAnswer): string {
  const { id, route_id, stable_model_id, candidate_model_id, status, weight, attempt } = rollout;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return [
    `${id}  ${route_id}: ${stable_model_id} → ${candidate_model_id}  ${status.toUpperCase()}, ${weight} %${again}`,
    railOf(rollout),
    ...(rollout.not_advancing_because === null ? [] : [`Not advancing: ${rollout.not_advancing_because}`]),
    ...(rollout.ended === null ? [] : [`Ended ${rollout.ended.at}: ${rollout.ended.said.en}`]),
    ...gatesOf(rollout),
    ...outlookOf(rollout),
    ...rollout.warnings.map(({ path, message }) => `Warning, ${path}: ${message}`),
  ].join('\n');
}

/** The same on one line, for output that is kept. */
export function rolloutLine({ id, status, weight, not_advancing_because, ended }: RolloutAnswer): string {
  const because = not_advancing_because ?? ended?.said.en ?? '';
  return `${id}  ${status}, ${weight} %${because === '' ? '' : `: ${because}`}`;
}

/** `● 1 % ━ ◉ 5 % ━ ○ 100 %`: passed, present and coming stages; ✗ where it was aborted. */
export function railOf({ stages, stage, status, ended }: RolloutAnswer): string {
  const last = ended?.stage ?? stage;
  const markOf = (index: number): string => {
    if (status === 'completed' || (index < last && status !== 'draft')) return '●';
    if (index > last || status === 'draft' || status === 'cancelled') return '○';
    return status === 'aborted' ? '✗' : '◉';
  };
  return stages.map(({ weight }, index) => `${markOf(index)} ${weight} %`).join(' ━ ');
}

function gatesOf({ gates }: RolloutAnswer): string[] {
  if (gates.length === 0) return [];
  const rows = gates.map(({ metric, verdict, samples, needed, said }) => [
    metric,
    verdict,
    `${samples}/${needed}`,
    said.en,
  ]);
  return ['', table(['GATE', 'VERDICT', '>SAMPLES', 'FIGURES'], rows)];
}

/** Of a draft: what each stage will wait for. */
function outlookOf({ outlook, stages }: RolloutAnswer): string[] {
  if (outlook.length === 0) return [];
  const rows = outlook.map(({ stage, status, days, gates }) => [
    `${stages[stage]?.weight ?? 0} %`,
    days === null ? status : `${Number(days.toFixed(1))} days`,
    gates.map(({ en }) => en).join('; '),
  ]);
  return ['', table(['STAGE', 'TAKES', 'AT THE PRESENT TRAFFIC'], rows)];
}
