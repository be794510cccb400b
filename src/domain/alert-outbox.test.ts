import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countedSinceMs,
  DIGEST_DELAY_MS,
  type KnownMessage,
  placeNotice,
  retryDelayMs,
} from './alert-outbox.ts';

const HOUR_MS = 3_600_000;

describe('placeNotice', () => {
  it('sends three by themselves, then gathers', () => {
    const messages: KnownMessage[] = [];
    const kinds = Array.from({ length: 6 }, (_, i) => {
      const placement = placeNotice(messages, i);
      if (placement.kind === 'join') return placement.messageId;
      const { isDigest, dueAtMs } = placement;
      messages.push({ id: `m${i}`, createdAtMs: i, dueAtMs, isGathering: isDigest });
      return isDigest ? 'digest' : 'single';
    });
    expect(kinds).toEqual(['single', 'single', 'single', 'digest', 'm3', 'm3']);
  });

  it('tells every notice within a quarter of an hour, in seven messages an hour at most', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_200_000), { maxLength: 200 }), (pauses) => {
        const messages: KnownMessage[] = [];
        let nowMs = 10 * HOUR_MS;
        for (const [i, pauseMs] of pauses.entries()) {
          nowMs += pauseMs;
          const known = messages.filter(
            ({ createdAtMs, dueAtMs }) => createdAtMs > countedSinceMs(nowMs) || dueAtMs > nowMs,
          );
          const placement = placeNotice(known, nowMs);
          if (placement.kind === 'new') {
            const { isDigest, dueAtMs } = placement;
            expect(dueAtMs - nowMs).toBe(isDigest ? DIGEST_DELAY_MS : 0);
            messages.push({ id: `m${i}`, createdAtMs: nowMs, dueAtMs, isGathering: isDigest });
          } else {
            const joined = messages.find(({ id }) => id === placement.messageId);
            expect(joined?.dueAtMs).toBeGreaterThan(nowMs);
            expect((joined?.dueAtMs ?? 0) - nowMs).toBeLessThanOrEqual(DIGEST_DELAY_MS);
          }
          const lastHour = messages.filter(({ createdAtMs }) => createdAtMs > nowMs - HOUR_MS);
          expect(lastHour.filter(({ isGathering }) => !isGathering).length).toBeLessThanOrEqual(3);
          expect(lastHour.length).toBeLessThanOrEqual(7);
        }
      }),
    );
  });
});

describe('retryDelayMs', () => {
  it('waits longer each time, not always the same, and gives up after five', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((failed) => retryDelayMs(failed, 0.5));
    expect(delays).toEqual([10_000, 30_000, 120_000, 600_000, 1_800_000, null]);
    expect([retryDelayMs(1, 0), retryDelayMs(1, 1)]).toEqual([7_500, 12_500]);
  });
});
