import { describe, expect, it } from 'vitest';
import { ALERT_EVENTS, type AlertEvent, closingEvent, type Notice, OPENING_EVENTS } from './alert.ts';
import { alertText } from './alert-text.ts';

const OPENED_MS = Date.UTC(2025, 5, 1, 8);
const LIMITS = {
  error_rate: [0.039, 0.03],
  latency_p95: [9_500, 8_000],
  disk_low: [536_870_912, 1_073_741_824],
};

/** A notice of each event as it occurs; `recovered` of an error rate. */
function noticeOf(event: AlertEvent): Notice {
  const opening = OPENING_EVENTS.find(
    (one) => one === event || (closingEvent(one) === event && one !== 'journal_dropping'),
  );
  const begun = opening ?? 'error_rate';
  const [value, limit] = LIMITS[begun as keyof typeof LIMITS] ?? [null, null];
  const measure = { value: value ?? null, limit: limit ?? null, samples: 180, windowMs: 300_000 };
  const isEnd = event !== begun;
  return {
    event,
    atMs: OPENED_MS + (isEnd ? 60_000 : 0),
    alert: {
      id: 'alert_1',
      ruleId: 'rule-1',
      event: begun,
      modelId: begun === 'disk_low' || begun === 'journal_dropping' ? null : 'qwen3',
      openedAtMs: OPENED_MS,
      opening: { ...measure, reason: '7 of 180 = 3.9 % ≥ 3.0 %' },
      resolvedAtMs: isEnd ? OPENED_MS + 60_000 : null,
      closing: isEnd ? { ...measure, reason: '2 of 200 = 1.0 % ≤ 3.0 %' } : null,
    },
  };
}

describe('alertText', () => {
  it.each(['en', 'zh-CN'] as const)('tells every event in %s, figures filled in', (language) => {
    for (const event of ALERT_EVENTS) {
      const { title, text } = alertText([noticeOf(event)], { language });
      expect(title).toMatch(/^\[Sluice\] .{2,}$/);
      expect(text).toContain('alert_1');
      expect(`${title}${text}`, event).not.toMatch(/[{}]|null|undefined|NaN|–/);
      expect(/\p{Script=Han}/u.test(text)).toBe(language === 'zh-CN');
    }
  });

  it.each([
    [
      'breaker_opened',
      'en',
      '[Sluice] qwen3: breaker open',
      'cut off after failures (7 of 180 = 3.9 % ≥ 3.0 %)',
    ],
    ['breaker_closed', 'en', '[Sluice] qwen3: breaker closed', 'serves its users again (2 of 200'],
    [
      'error_rate',
      'en',
      '[Sluice] qwen3: error rate 3.9 %',
      '3.9 % of 180 calls failed in the last 5 min; the limit is 3.0 %',
    ],
    ['latency_p95', 'zh-CN', '[Sluice] qwen3：回答缓慢，P95 9.5 s', '上限为 8.0 s'],
    ['disk_low', 'en', '[Sluice] disk low, 0.50 GiB free', 'the limit is 1.00 GiB'],
    ['breaker_opened', 'zh-CN', '[Sluice] qwen3：熔断器已打开', '7 of 180 = 3.9 % ≥ 3.0 %'],
  ] as const)('%s in %s is %s', (event, language, title, part) => {
    const told = alertText([noticeOf(event)], { language });
    expect(told.title).toBe(title);
    expect(told.text).toContain(part);
  });

  it('says what is over, since when it was and when it ended', () => {
    const notice = noticeOf('error_rate');
    const over = {
      ...notice,
      event: 'recovered',
      atMs: OPENED_MS + 1,
      alert: { ...notice.alert, closing: notice.alert.opening },
    } as const;
    const { title, text } = alertText([over], { language: 'en' });
    expect(title).toBe('[Sluice] qwen3: error rate 3.9 %: over');
    expect(text.match(/2025-06-01T08:00:00Z/g)).toHaveLength(2);
  });

  it('gathers several in a list and counts the rest', () => {
    const { title, text } = alertText([noticeOf('breaker_opened'), noticeOf('disk_low')], {
      language: 'en',
      omitted: 7,
    });
    expect(title).toBe('[Sluice] 9 alerts');
    expect(text.split('\n')).toEqual([
      '2025-06-01T08:00:00Z  qwen3: breaker open',
      '2025-06-01T08:00:00Z  disk low, 0.50 GiB free',
      '… and 7 more; see GET /admin/v1/alerts',
    ]);
  });
});
