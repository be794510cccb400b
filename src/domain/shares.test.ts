import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf, modelOf, NO_FACTS, routeOf } from '../../test/config-fixture.ts';
import { placeOf } from './bucket.ts';
import type { Config } from './config.ts';
import { type Assignment, decide, type RequestFacts } from './routing.ts';
import { modelAt } from './shares.ts';
import { compileSnapshot } from './snapshot.ts';

const stable = modelOf('stable');
const candidate = modelOf('candidate');

function served(facts: Partial<RequestFacts>, config: Config): Assignment {
  const decision = decide({ ...NO_FACTS, ...facts }, { snapshot: compileSnapshot(7, config) });
  if (decision.kind === 'refuse') throw new Error(decision.message);
  return decision;
}

describe('while a rollout is active', () => {
  const whole = routeOf('support', [['stable', 100]]);
  const config = (steps: number, route = whole): Config => ({
    ...configOf([stable, candidate], [route]),
    exposures: [{ rolloutId: 'june', routeId: 'support', candidateModelId: 'candidate', stage: 2, steps }],
  });
  const inRollout = { id: 'june', stage: 2 };

  it('the last positions are the candidate’s, and as many in the middle its control group', () => {
    for (let i = 0; i < 2_000; i++) {
      const userId = `user-${i}`;
      const { position } = placeOf(userId);
      const decision = served({ userId }, config(500));
      const isExposed = position >= 9_500;
      const isControl = position >= 4_500 && position < 5_000;
      expect(decision).toMatchObject({
        assigned: { id: isExposed ? 'candidate' : 'stable' },
        reason: isExposed ? 'rollout' : 'rule',
        rollout: isExposed || isControl ? inRollout : null,
      });
    }
  });

  it('who is not shared out by it counts in none of its figures', () => {
    const everyone = config(10_000);
    expect(served({ userId: 'alice' }, everyone)).toMatchObject({ reason: 'rollout', rollout: inRollout });
    expect(served({}, everyone)).toMatchObject({ reason: 'no_user', assigned: stable, rollout: null });
    const off = config(10_000, { ...whole, enabled: false });
    expect(served({ userId: 'alice' }, off)).toMatchObject({ reason: 'route_disabled', rollout: null });
    const match = { kind: 'user_prefix', prefix: 'al' } as const;
    const beta = config(10_000, { ...whole, audiences: [{ name: 'beta', match, modelId: 'stable' }] });
    expect(served({ userId: 'alice' }, beta)).toMatchObject({ reason: 'audience', rollout: null });
    expect(served({ userId: 'alice', overrideModelId: 'stable' }, everyone)).toMatchObject({ rollout: null });
  });

  it('a conversation stays on its model, and counts where its user has that model now', () => {
    const sticky = (steps: number) => config(steps, { ...whole, stickiness: 'conversation' });
    const pinned = (userId: string, modelId: string, steps: number) =>
      served({ userId, pin: { routeId: 'support', modelId, arm: null } }, sticky(steps));
    // alice has the first bucket of all, uid_123456 the 89th
    expect(pinned('alice', 'candidate', 500)).toMatchObject({ reason: 'pinned', rollout: null });
    expect(pinned('uid_123456', 'candidate', 5_000)).toMatchObject({
      reason: 'pinned',
      assigned: candidate,
      rollout: inRollout,
    });
    expect(pinned('uid_123456', 'stable', 5_000)).toMatchObject({ assigned: stable, rollout: null });
    expect(pinned('alice', 'stable', 5_000)).toMatchObject({ assigned: stable, rollout: inRollout });
  });

  it('a disabled candidate is answered for by stable, and the request stays its own', () => {
    const off = { ...config(10_000), models: [stable, { ...candidate, enabled: false }] };
    expect(served({ userId: 'alice' }, off)).toMatchObject({
      assigned: { id: 'candidate' },
      serving: stable,
      fallback: 'disabled',
      rollout: inRollout,
    });
  });
});

describe('modelAt', () => {
  it('gives each rule exactly its share, in written order, to two decimals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 }), (cuts) => {
        const edges = [0, ...[...cuts].sort((a, b) => a - b), 10_000];
        const steps = edges.slice(1).map((edge, i) => edge - (edges[i] ?? 0));
        const models = steps.map((_, i) => modelOf(`m${i}`));
        const route = routeOf(
          'r',
          steps.map((step, i) => [`m${i}`, step / 100]),
        );
        const compiled = compileSnapshot(1, configOf(models, [route])).routes[0];
        if (!compiled) throw new Error('no route');
        const counts = new Map<string, number>();
        const order: string[] = [];
        for (let position = 0; position < 10_000; position++) {
          const { id } = modelAt(compiled, position);
          if (order.at(-1) !== id) order.push(id);
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
        expect(steps.map((_, i) => counts.get(`m${i}`) ?? 0)).toEqual(steps);
        expect(order).toEqual(steps.flatMap((step, i) => (step > 0 ? [`m${i}`] : [])));
      }),
      { numRuns: 30 },
    );
  });

  it('only adds users when the last rule grows', () => {
    const at = (weight: number) => {
      const route = routeOf('r', [
        ['stable', 100 - weight],
        ['candidate', weight],
      ]);
      const compiled = compileSnapshot(1, configOf([stable, candidate], [route])).routes[0];
      if (!compiled) throw new Error('no route');
      return compiled;
    };
    const weight = fc.integer({ min: 0, max: 10_000 }).map((step) => step / 100);
    fc.assert(
      fc.property(weight, weight, fc.integer({ min: 0, max: 9_999 }), (a, b, position) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        if (modelAt(at(small), position).id === 'candidate') {
          expect(modelAt(at(large), position).id).toBe('candidate');
        }
      }),
    );
  });
});
