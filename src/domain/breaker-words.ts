import type { BreakerConfig } from './config.ts';

export interface Counts {
  readonly requests: number;
  readonly failures: number;
}

const MAX_DECIMALS = 4;

/** True where the error rate alone opens the breaker: at least so many requests and failures, and the share of them. */
export function isOverLimit({ requests, failures }: Counts, config: BreakerConfig): boolean {
  if (failures < config.minFailures || requests < config.minRequests) return false;
  return isRateReached({ requests, failures }, config);
}

/** In hundredths of a percent, so that 3 of 100 are 3.0 % and not a rounding error less. */
function isRateReached({ requests, failures }: Counts, { errorRatePct }: BreakerConfig): boolean {
  return failures * 10_000 >= requests * Math.round(errorRatePct * 100);
}

/** The window as a sentence: "7 of 180 = 3.9 % ≥ 3.0 %". */
export function arithmeticOf(counts: Counts, config: BreakerConfig): string {
  const { requests, failures } = counts;
  if (requests === 0) return `nothing counted in ${seconds(config.windowMs)}`;
  const isReached = isRateReached(counts, config);
  const rate = (failures * 100) / requests;
  const said = `${failures} of ${requests} = ${percentBeside(rate, config.errorRatePct)} % ${isReached ? '≥' : '<'} ${limitOf(config)} %`;
  if (!isReached || isOverLimit(counts, config)) return said;
  return `${said}, too few to judge (${config.minRequests} requests, ${config.minFailures} failures)`;
}

/** One decimal, or as many as show that a rate is not the limit. */
function percentBeside(rate: number, limit: number): string {
  for (let decimals = 1; decimals < MAX_DECIMALS; decimals += 1) {
    const said = rate.toFixed(decimals);
    if (rate === limit || Number(said) !== limit) return said;
  }
  return rate.toFixed(MAX_DECIMALS);
}

function limitOf({ errorRatePct }: BreakerConfig): string {
  return Number.isInteger(errorRatePct * 10) ? errorRatePct.toFixed(1) : String(errorRatePct);
}

/** Whole seconds as people write them: "5 min", "90 s". */
function seconds(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
