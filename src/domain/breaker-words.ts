import type { BreakerReason } from './breaker-change.ts';
import type { BreakerConfig } from './config.ts';
import type { Said } from './experiment/words.ts';

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
export function arithmeticOf(counts: Counts, config: BreakerConfig): Said {
  const { requests, failures } = counts;
  const { minRequests, minFailures } = config;
  const window = spanOf(config.windowMs);
  if (requests === 0) return { en: `nothing counted in ${window.en}`, zh: `${window.zh}内没有计数` };
  const isReached = isRateReached(counts, config);
  const rate = (failures * 100) / requests;
  const beside = `${percentBeside(rate, config.errorRatePct)} % ${isReached ? '≥' : '<'} ${limitOf(config)} %`;
  const said = {
    en: `${failures} of ${requests} = ${beside}`,
    zh: `${requests} 次中失败 ${failures} 次 = ${beside}`,
  };
  if (!isReached || isOverLimit(counts, config)) return said;
  return {
    en: `${said.en}, too few to judge (${minRequests} requests, ${minFailures} failures)`,
    zh: `${said.zh}，数量太少，不作判断（至少 ${minRequests} 次请求、${minFailures} 次失败）`,
  };
}

/** Why a breaker changed where no figure says more. */
export const CHANGE_WORDS = {
  probe_lost: { en: 'a probe never told how it went', zh: '有一次探测没有结果' },
  cooled_down: { en: 'its time is over; probes may try the model', zh: '打开时间已到，可以探测该模型' },
  operator_open: {
    en: 'an operator opened it, until one closes or resets it',
    zh: '操作员手动打开，直到有人闭合或重置',
  },
  operator_close: { en: 'an operator closed it', zh: '操作员手动闭合' },
  operator_reset: { en: 'an operator reset it', zh: '操作员已重置' },
  switched_off: { en: 'the breaker is switched off', zh: '该模型未启用熔断器' },
} as const satisfies Partial<Record<BreakerReason, Said>>;

export function sayFailuresInARow(count: number): Said {
  return { en: `${count} failures in a row`, zh: `连续失败 ${count} 次` };
}

export function sayProbeFailed(errorClass: string): Said {
  return { en: `a probe failed: ${errorClass}`, zh: `探测失败：${errorClass}` };
}

export function sayProbesPassed(probes: number): Said {
  return { en: `${probes} of ${probes} probes went well`, zh: `${probes} 次探测全部成功` };
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
function spanOf(ms: number): Said {
  const [minutes, seconds] = [ms / 60_000, ms / 1_000];
  return Number.isInteger(minutes)
    ? { en: `${minutes} min`, zh: `${minutes} 分钟` }
    : { en: `${seconds} s`, zh: `${seconds} 秒` };
}
