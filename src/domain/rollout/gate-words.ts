import type { ErrorClass } from '../error-class.ts';
import { nameOf, type Said } from '../experiment/words.ts';
import { METRICS } from '../metric.ts';
import type { Comparison } from './plan.ts';
import type { GateFinding } from './reason.ts';

/** How a gate stands, as one sentence without its full stop: "error rate is 0.8 % of 700; the limit is < 0.5 %". */
export function sayGate(finding: GateFinding): Said {
  const { value, samples, needed, verdict } = finding;
  const name = titleOf(finding);
  if (verdict === 'error') {
    return { en: `${name.en} could not be counted`, zh: `${name.zh}无法统计` };
  }
  if (value === null || (verdict === 'no_data' && samples < needed)) {
    return {
      en: `${name.en} has ${samples} of ${needed} samples`,
      zh: `${name.zh}样本 ${samples}/${needed}`,
    };
  }
  const limit = finding.failedBy === 'hard_limit' ? (finding.hardLimit ?? finding.limit) : finding.limit;
  const [shown, bound] = [figure(finding, value), `${SIGNS[finding.op]} ${figure(finding, limit)}`];
  const [by, proof] = [FAILED_BY[finding.failedBy ?? 'limit'], proofOf(finding)];
  return {
    en: `${name.en} is ${shown} (${samples} samples); ${by.en} ${bound}${proof.en}${curesOf(finding).en}`,
    zh: `${name.zh}为 ${shown}（${samples} 个样本），${by.zh} ${bound}${proof.zh}${curesOf(finding).zh}`,
  };
}

const SIGNS: Readonly<Record<Comparison, string>> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' };

const FAILED_BY: Readonly<Record<'limit' | 'harm' | 'hard_limit', Said>> = {
  limit: { en: 'the limit is', zh: '限值为' },
  harm: { en: 'surely beyond the limit of', zh: '已确定超出限值' },
  hard_limit: { en: 'beyond the hard limit of', zh: '超出硬限值' },
};

function titleOf({ metric, isVsStable }: GateFinding): Said {
  const name = nameOf(metric);
  return isVsStable ? { en: `${name.en} against stable`, zh: `${name.zh}（相对稳定版）` } : name;
}

function figure({ metric, isVsStable }: GateFinding, value: number): string {
  if (isVsStable) return `× ${value.toFixed(2)}`;
  const { unit } = METRICS[metric];
  if (unit === 'ratio') return `${Number((100 * value).toFixed(2))} %`;
  if (unit === 'ms')
    return value < 1_000 ? `${Math.round(value)} ms` : `${Number((value / 1_000).toFixed(2))} s`;
  return String(Number(value.toFixed(2)));
}

/** Of a confident gate that does not know yet: how far its interval reaches. */
function proofOf({ bound, verdict, isVsStable }: GateFinding): Said {
  if (bound === null || verdict !== 'inconclusive') return NOTHING;
  const text = isVsStable ? `× ${bound.toFixed(2)}` : String(Number(bound.toPrecision(3)));
  return { en: `, but ${text} is still possible`, zh: `，但仍可能达到 ${text}` };
}

const NOTHING: Said = { en: '', zh: '' };

/** What to do about the failures that one sees at 1 %: said where they are told. */
const CURES: Readonly<Partial<Record<ErrorClass, Said>>> = {
  context_length: {
    en: 'raise num_ctx (Ollama) or max-model-len (vLLM), or shorten the history that clients send',
    zh: '调大 num_ctx（Ollama）或 max-model-len（vLLM），或缩短客户端发送的历史',
  },
  out_of_memory: {
    en: 'give the model server more memory, lower num_ctx or max_concurrent, or take a smaller quantisation',
    zh: '为模型服务器增加内存，调小 num_ctx 或 max_concurrent，或使用更小的量化版本',
  },
  connection_reset: {
    en: 'look whether the model server restarts, and at the timeouts of proxies before it',
    zh: '检查模型服务器是否重启，以及其前置代理的超时设置',
  },
};
const CURE_OF_TIMEOUTS: Said = {
  en: "raise the model's timeout, keep it loaded (keep_alive), or lower max_concurrent",
  zh: '调大模型的超时时间，保持模型常驻（keep_alive），或调小 max_concurrent',
};

function curesOf({ errors, verdict }: GateFinding): Said {
  if (errors === null || verdict !== 'fail') return NOTHING;
  const seen = Object.entries(errors).filter(([, count]) => count > 0) as [ErrorClass, number][];
  const cures = seen.flatMap(([errorClass, count]) => {
    const cure = errorClass.startsWith('timeout_') ? CURE_OF_TIMEOUTS : CURES[errorClass];
    return cure
      ? [{ en: `${count} × ${errorClass}: ${cure.en}`, zh: `${errorClass} ${count} 次：${cure.zh}` }]
      : [];
  });
  if (cures.length === 0) return NOTHING;
  return {
    en: `. ${cures.map(({ en }) => en).join('; ')}`,
    zh: `。${cures.map(({ zh }) => zh).join('；')}`,
  };
}
