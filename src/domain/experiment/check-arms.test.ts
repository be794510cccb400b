import { describe, expect, it } from 'vitest';
import { evidenceOf, report } from '../../../test/support/experiment-scene.ts';

describe('health', () => {
  it('tells what looks odd without calling it invalid', () => {
    const { health, decision } = report({
      health: {
        usersInTwoArms: 80,
        idsAreUnstable: true,
        fallbackAnswers: [0, 12],
        editsSinceStart: [{ modelId: 'treatment', field: 'options' }],
        differences: ['system_prompt'],
        clients: [
          { client: 'web', users: [900, 1_100] },
          { client: 'app', users: [1_100, 900] },
        ],
        weakRequests: 7,
      },
    });
    const warned = health.filter(({ level }) => level === 'warning').map(({ check }) => check);
    expect(warned.sort()).toEqual(
      [
        'client_mix',
        'edited_models',
        'fallback_share',
        'model_differences',
        'unstable_ids',
        'users_in_two_arms',
      ].sort(),
    );
    expect(decision.action).toBe('ship');
    for (const { said } of health)
      expect([said.en.endsWith('.'), said.zh.endsWith('。')]).toEqual([true, true]);
  });

  it('notices that a model moves what is judged', () => {
    const evidence = evidenceOf({});
    const moved = evidence.metrics.get('task_completion');
    if (moved?.kind !== 'ratio') throw new Error('no evidence');
    const strata = moved.strata.map((cells) => ({
      ...cells,
      arms: cells.arms.map((cell, i) =>
        i === 0
          ? cell
          : {
              ...cell,
              sums: { ...cell.sums, dSum: cell.sums.dSum * 0.8, dSumSquares: cell.sums.dSumSquares * 0.7 },
            },
      ),
    }));
    const metrics = new Map([
      ...evidence.metrics,
      ['task_completion' as const, { kind: 'ratio' as const, strata }],
    ]);
    const { health } = report({}, { evidence: { ...evidence, metrics } });
    expect(health.find(({ check }) => check === 'denominator_shift')?.level).toBe('warning');
  });
});
