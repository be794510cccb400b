import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf, modelOf, NO_FACTS, routeOf } from '../../test/config-fixture.ts';
import type { Standing } from './breaker.ts';
import { type Assignment, decide, type RequestFacts, standbyOf } from './routing.ts';
import { compileSnapshot } from './snapshot.ts';

const FACTS: RequestFacts = { ...NO_FACTS, userId: 'uid_123456' }; // position 8964
const STABLE = 'stable';
const IDS = [STABLE, 'a', 'b', 'c', 'd'];

/** Any fleet: who is enabled, how each breaker stands, and fallbacks that may well run in circles. */
const fleets = fc.record({
  assigned: fc.constantFrom(...IDS),
  models: fc.tuple(
    ...IDS.map((id) =>
      fc.record({
        enabled: fc.boolean(),
        standing: fc.constantFrom<Standing>('closed', 'open', 'probe'),
        fallbackModelId: fc.constantFrom(null, ...IDS.filter((other) => other !== id)),
      }),
    ),
  ),
});
type Fleet = typeof fleets extends fc.Arbitrary<infer T> ? T : never;

function groundsOf({ models, assigned }: Fleet) {
  const config = configOf(
    IDS.map((id, i) => {
      const { enabled = true, fallbackModelId = null } = models[i] ?? {};
      return modelOf(id, { enabled, fallbackModelId });
    }),
    [routeOf('r', [[assigned, 100]], { stableModelId: STABLE })],
  );
  const standings = new Map(IDS.map((id, i) => [id, models[i]?.standing ?? 'closed']));
  const standingOf = (id: string): Standing => standings.get(id) ?? 'closed';
  return { snapshot: compileSnapshot(1, config), standingOf };
}

/** Every model that may ever stand in for another, found the slow way. */
function standIns(from: string, { snapshot }: ReturnType<typeof groundsOf>): string[] {
  const found = new Set<string>();
  let next = snapshot.models.get(from)?.fallbackModelId ?? null;
  while (next !== null && !found.has(next)) {
    found.add(next);
    next = snapshot.models.get(next)?.fallbackModelId ?? null;
  }
  return [...found, STABLE].filter((id) => id !== from);
}

const served = (fleet: Fleet, then: (one: Assignment, grounds: ReturnType<typeof groundsOf>) => void) => {
  const grounds = groundsOf(fleet);
  const decision = decide(FACTS, grounds);
  if (decision.kind === 'serve') then(decision, grounds);
};
const holds = (check: (fleet: Fleet) => void) => fc.assert(fc.property(fleets, check), { numRuns: 3_000 });

describe('the fallback', () => {
  it('is never open or disabled while anybody else may serve', () =>
    holds((fleet) =>
      served(fleet, ({ serving, assigned, fallback }, { standingOf }) => {
        expect(serving.enabled).toBe(true);
        if (serving === assigned) expect(fallback).toBeNull();
        else expect(fallback).toBe(assigned.enabled ? 'open' : 'disabled');
        if (serving !== assigned && assigned.enabled) expect(standingOf(serving.id)).toBe('closed');
      }),
    ));

  it('is found where there is one; where there is none, a failing model goes on serving', () =>
    holds((fleet) => {
      const grounds = groundsOf(fleet);
      const { snapshot, standingOf } = grounds;
      const assigned = snapshot.models.get(fleet.assigned);
      if (!assigned) throw new Error('no such model');
      const others = standIns(assigned.id, grounds).flatMap((id) => snapshot.models.get(id) ?? []);
      const sound = others.filter(({ id, enabled }) => enabled && standingOf(id) === 'closed');
      const decision = decide(FACTS, grounds);
      const serving = decision.kind === 'serve' ? decision.serving : null;
      if (assigned.enabled && standingOf(assigned.id) !== 'open') expect(serving).toBe(assigned);
      else if (sound.length > 0) expect(sound).toContain(serving);
      else if (assigned.enabled) expect(serving).toBe(assigned);
      else expect(serving === null).toBe(others.every(({ enabled }) => !enabled));
    }));

  it('of a failure is somebody sound who had no turn yet, and failing on ends', () =>
    holds((fleet) =>
      served(fleet, (decision, grounds) => {
        const tried = new Set([decision.assigned.id, decision.serving.id]);
        const { standby } = decision;
        expect(standbyOf(decision, grounds)).toBe(standby);
        if (standby === null) return;
        expect(tried.has(standby.id)).toBe(false);
        expect([standby.enabled, grounds.standingOf(standby.id)]).toEqual([true, 'closed']);
      }),
    ));

  it('is nobody for a caller who names a model: its answer, or the word that its breaker is open', () =>
    holds((fleet) => {
      const { snapshot, standingOf } = groundsOf(fleet);
      const decision = decide({ ...FACTS, overrideModelId: 'a' }, { snapshot, standingOf });
      if (!snapshot.models.get('a')?.enabled) expect(decision).toMatchObject({ code: 'model_not_found' });
      else if (standingOf('a') === 'open') {
        expect(decision).toMatchObject({ kind: 'refuse', code: 'breaker_open', modelId: 'a' });
      } else
        expect(decision).toMatchObject({ serving: { id: 'a' }, fallback: null, standby: null, stable: null });
    }));
});
