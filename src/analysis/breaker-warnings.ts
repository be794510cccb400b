import type { Warning } from '../contract/analysis.ts';
import { isNeutral } from '../domain/breaker.ts';
import type { BreakerConfig, Model } from '../domain/config.ts';
import type { AttemptSums } from '../domain/model-sums.ts';
import type { SeriesStep } from '../ports/event-store.ts';
import { toldWarning } from './told-warning.ts';

/** Hours with fewer counted attempts say nothing, and fewer hours nothing about what is usual. */
const MIN_ATTEMPTS = 20;
const MIN_HOURS = 6;
/** From here on chance alone opens the breaker now and then: at a limit of 3 %, a usual 1 % (simulated). */
const RISKY_SHARE_OF_LIMIT = 1 / 3;

/**
 * Models whose usual error rate is so near the limit of their breaker that it will open and close all day. Usual is
 * what half of the hours reach: one bad hour is what breakers are for. Pure.
 */
export function breakerWarnings(hours: readonly SeriesStep[], models: ReadonlyMap<string, Model>): Warning[] {
  const byModel = Map.groupBy(hours, ({ modelId }) => modelId);
  return [...byModel].flatMap(([modelId, steps]) => {
    const breaker = models.get(modelId)?.breaker;
    return breaker?.enabled ? warningOf(modelId, steps, breaker) : [];
  });
}

function warningOf(
  modelId: string,
  steps: readonly SeriesStep[],
  { errorRatePct }: BreakerConfig,
): Warning[] {
  const rates = steps.map(({ attempts }) => errorPctOf(attempts)).filter((rate) => rate !== null);
  if (rates.length < MIN_HOURS) return [];
  const usual = rates.toSorted((a, b) => b - a)[Math.floor((rates.length - 1) / 2)] ?? 0;
  const risky = errorRatePct * RISKY_SHARE_OF_LIMIT;
  if (usual < risky) return [];
  const limit = Math.ceil(usual * 3);
  return [
    {
      ...toldWarning(
        'breaker_will_flap',
        {
          en: `in half of the hours at least ${usual.toFixed(1)} % of the attempts of "${modelId}" failed, and its breaker opens at ${errorRatePct} %: it will open and close again and again`,
          zh: `有一半的小时里 "${modelId}" 的调用失败率不低于 ${usual.toFixed(1)} %，而熔断器在 ${errorRatePct} % 时打开，因此会反复开合`,
        },
        {
          en: `find out what fails (GET /admin/v1/errors), or raise breaker.error_rate_pct of the model to about ${limit}`,
          zh: `请查明失败原因（GET /admin/v1/errors），或将该模型的 breaker.error_rate_pct 提高到约 ${limit}`,
        },
      ),
      model_id: modelId,
      share: rates.filter((rate) => rate >= risky).length / rates.length,
    },
  ];
}

/** As the breaker counts; null where there is too little. */
function errorPctOf({ attempts, errors }: AttemptSums): number | null {
  let counted = attempts;
  let failures = 0;
  for (const [errorClass, count] of Object.entries(errors)) {
    if (isNeutral(errorClass)) counted -= count;
    else failures += count;
  }
  return counted < MIN_ATTEMPTS ? null : (failures * 100) / counted;
}
