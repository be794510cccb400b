import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type OpenAlert, turn } from './alert-book.ts';
import type { Finding } from './alert-rule.ts';

const PLACES = ['r a', 'r b', 's a'].map((place) => place.split(' ') as [string, string]);
const CLEAR_AFTER_MS = 300_000;
const MEASURE = { value: 1, limit: 1, samples: 1, windowMs: 1, reason: 'x' };

type State = Finding['state'] | 'unwatched';
const step = fc.record({
  passedMs: fc.nat(200_000),
  states: fc.tuple(
    ...PLACES.map(() => fc.constantFrom<State>('breached', 'calm', 'calm', 'unknown', 'unwatched')),
  ),
});

/** The book against a plain model of it: for each place, whether an alert is open and since when all is calm. */
it('has one alert at most for a place, begins it at a breach and ends it after calm', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let nowMs = 1_000_000;
      let open: OpenAlert[] = [];
      let ids = 0;
      const model = new Map<string, number | null>();
      for (const { passedMs, states } of steps) {
        nowMs += passedMs;
        const findings = PLACES.flatMap(([ruleId, modelId], i): Finding[] => {
          const state = states[i] ?? 'unwatched';
          const common = {
            ruleId,
            modelId,
            event: 'error_rate',
            clearAfterMs: CLEAR_AFTER_MS,
            measure: MEASURE,
          } as const;
          return state === 'unwatched' ? [] : [{ ...common, state }];
        });
        const turned = turn(open, findings, nowMs);
        for (const [i, [ruleId, modelId]] of PLACES.entries()) {
          const place = `${ruleId} ${modelId}`;
          const state = states[i];
          const isThere = (one: { ruleId: string; modelId: string | null }) =>
            `${one.ruleId} ${one.modelId}` === place;
          const closing = turned.closed.find(({ alert }) => isThere(alert));
          const wasOpen = model.has(place);
          expect(turned.opened.some(isThere)).toBe(state === 'breached' && !wasOpen);
          if (state === 'breached') model.set(place, null);
          else if (wasOpen && state === 'calm') {
            const sinceMs = model.get(place) ?? nowMs;
            model.set(place, sinceMs);
            const isOver = nowMs - sinceMs >= CLEAR_AFTER_MS;
            expect(closing?.isQuiet).toBe(isOver ? false : undefined);
            if (isOver) model.delete(place);
          } else if (wasOpen && state === 'unwatched') {
            expect(closing?.isQuiet).toBe(true);
            model.delete(place);
          } else expect(closing).toBeUndefined();
        }
        open = [
          ...turned.kept,
          ...turned.opened.map(({ ruleId, event, modelId }) => {
            ids += 1;
            return { id: `alert_${ids}`, ruleId, event, modelId, calmSinceMs: null };
          }),
        ];
        expect(open.map(({ ruleId, modelId }) => `${ruleId} ${modelId}`).sort()).toEqual(
          [...model.keys()].sort(),
        );
      }
    }),
    { numRuns: 500 },
  );
});
