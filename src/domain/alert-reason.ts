import type { Measure } from './alert.ts';

type Why = Pick<Measure, 'reason' | 'reasonZh'>;

/** Why an alert begins, goes on or ends, in both languages. */
export const NOT_COUNTED = why('nobody could count', '无法统计');
export const WINDOW_OPEN = why('the window is not over yet', '统计时间尚未满');
export const SPACE_UNKNOWN = why('free space unknown', '无法得知剩余空间');
export const NO_ROLLOUT = why('no rollout', '没有灰度发布');
export const BREAKER_CLOSED = why('closed', '已闭合');

export function whyTooFew(requests: number, needed: number): Why {
  return why(`${requests} requests, fewer than ${needed}`, `只有 ${requests} 次请求，少于 ${needed} 次`);
}

interface Compared {
  readonly value: number;
  readonly limit: number;
  readonly samples: number;
  /** `>` or `≤`. */
  readonly sign: string;
}

/** Of shares, 0–1. */
export function whyErrorRate({ value, limit, samples, sign }: Compared): Why {
  const failed = Math.round(value * samples);
  const beside = `${percent(value)} ${sign} ${percent(limit)}`;
  return why(`${failed} of ${samples} = ${beside}`, `${samples} 次中失败 ${failed} 次 = ${beside}`);
}

/** Of milliseconds. */
export function whyLatency({ value, limit, samples, sign }: Compared): Why {
  const beside = `${Math.round(value)} ms ${sign} ${limit} ms`;
  return why(`${beside} over ${samples} answers`, `${beside}（${samples} 个回答）`);
}

export function whyTraffic(requests: number): Why {
  return why(`${requests} requests`, `${requests} 次请求`);
}

export function whyDropping(count: number): Why {
  return why(`${count} records lost since the start`, `启动以来丢失 ${count} 条记录`);
}

export function whyDisk(freeBytes: number, belowBytes: number): Why {
  const sign = freeBytes < belowBytes ? '<' : '≥';
  return why(`${freeBytes} bytes free ${sign} ${belowBytes}`, `剩余 ${freeBytes} 字节 ${sign} ${belowBytes}`);
}

function why(reason: string, reasonZh: string): Why {
  return { reason, reasonZh };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
