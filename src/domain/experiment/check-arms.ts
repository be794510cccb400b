import type { Arm } from '../experiment.ts';
import { METRICS, type MetricId } from '../metric.ts';
import { testAnyTime } from '../stats/always-valid.ts';
import { contrastArms } from '../stats/contrast.ts';
import { estimateArm } from '../stats/estimate.ts';
import type { Evidence, HealthFacts, MetricEvidence } from './evidence.ts';
import { type Finding, finding } from './finding.ts';
import { percentText } from './words.ts';

/** More answers of a fallback than this in an arm, and the arm is hardly its model's any more. */
const MOST_FALLBACK = 0.05;
/** Metrics whose denominator is chosen after the answer was seen: a model may move it instead of the numerator. */
const CHOSEN_LATER: readonly MetricId[] = [
  'task_completion',
  'rating',
  'review_accuracy',
  'review_instruction_following',
  'review_redundancy',
];
const SHIFT_ALPHA = 0.01;

/** Whether an arm is what it says: its model, as it was at the start, judged as often as the control. */
export function checkArms(arms: readonly Arm[], { health, metrics }: Evidence): Finding[] {
  return [
    denominatorShift(metrics),
    fallbackShare(health, arms),
    editedModels(health),
    modelDifferences(health),
  ];
}

function denominatorShift(metrics: ReadonlyMap<MetricId, MetricEvidence>): Finding {
  const moved = CHOSEN_LATER.filter((metric) => hasShifted(metrics.get(metric)));
  const names = moved.map((metric) => METRICS[metric].name);
  const trouble = {
    en: `The arms differ in how much is judged per user (${names.map(({ en }) => en).join(', ')}): a model may have changed what is asked of it rather than how well it answers.`,
    zh: `各组每用户被评判的数量不同（${names.map(({ zh }) => zh).join('、')}）：改变的可能是用户的提问，而不是回答的好坏。`,
  };
  return finding('denominator_shift', moved.length > 0 ? trouble : null, {
    fine: { en: 'As much is judged per user in every arm.', zh: '各组每用户被评判的数量相当。' },
  });
}

/** Whether an arm's users have more, or fewer, of the denominator than the control's. */
function hasShifted(evidence: MetricEvidence | undefined): boolean {
  if (evidence?.kind !== 'ratio') return false;
  const { strata } = evidence;
  const perUser = (arm: number) => {
    const sums = strata.flatMap(({ arms }) => arms[arm]?.sums ?? []);
    const total = (value: 'n' | 'dSum' | 'dSumSquares') => sums.reduce((sum, part) => sum + part[value], 0);
    return estimateArm({ type: 'mean', n: total('n'), sum: total('dSum'), sumSquares: total('dSumSquares') });
  };
  const control = perUser(0);
  if (control.status !== 'ok') return false;
  return (strata[0]?.arms ?? []).slice(1).some((_, i) => {
    const arm = perUser(i + 1);
    const contrast = arm.status === 'ok' ? contrastArms(control, arm, 'absolute') : arm;
    const test = contrast.status === 'ok' ? testAnyTime(contrast, { alpha: SHIFT_ALPHA }) : contrast;
    return test.status === 'ok' && test.p < SHIFT_ALPHA;
  });
}

function fallbackShare({ answers, fallbackAnswers }: HealthFacts, arms: readonly Arm[]): Finding {
  const shares = arms.map((_, arm) => (fallbackAnswers[arm] ?? 0) / Math.max(1, answers[arm] ?? 0));
  const text = arms.map(({ name }, arm) => `${name} ${percentText(shares[arm] ?? 0, 1)}`).join(', ');
  const fine = {
    en: `Answers that a fallback gave, left out of quality: ${text}.`,
    zh: `由备用模型给出、不计入质量的回答：${text}。`,
  };
  const trouble = {
    en: `${fine.en} So many leave out what was hardest; look at the errors first.`,
    zh: `${fine.zh}比例过高，被剔除的往往是最难的请求；请先查看错误。`,
  };
  return finding('fallback_share', shares.some((share) => share > MOST_FALLBACK) ? trouble : null, { fine });
}

function editedModels({ editsSinceStart }: HealthFacts): Finding {
  const text = editsSinceStart.map(({ modelId, field }) => `${modelId}: ${field}`).join(', ');
  const trouble = {
    en: `Models were edited since the start (${text}): before and after are two experiments.`,
    zh: `开始以来修改过模型（${text}）：修改前后是两个不同的实验。`,
  };
  return finding('edited_models', editsSinceStart.length > 0 ? trouble : null, {
    fine: { en: 'No model was edited since the start.', zh: '开始以来没有修改过模型。' },
  });
}

function modelDifferences({ differences }: HealthFacts): Finding {
  const text = differences.join(', ');
  const trouble = {
    en: `The arms differ also in ${text}: what is found may come from there.`,
    zh: `各组在 ${text} 上也不同：结果可能来自于此。`,
  };
  return finding('model_differences', differences.length > 0 ? trouble : null, {
    fine: { en: 'The arms differ in their upstream model alone.', zh: '各组只有上游模型不同。' },
  });
}
