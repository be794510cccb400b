import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAt } from './exposure.ts';
import { countedGroup, pinBreakOf } from './pin.ts';

const HELD = {
  pinnedModelId: 'new',
  modelIds: new Set(['old', 'new']),
  abortedModelId: null,
  isEnabled: true,
  isBreakerOpen: false,
};
const EPOCH = { steps: 500, beganAtMs: 1_000, stableModelId: 'old', candidateModelId: 'new' };
const begun = (position: number, assignedModelId: string, beganAtMs = 2_000) =>
  ({ reason: 'pinned', position, assignedModelId, beganAtMs }) as const;

describe('a pinned conversation', () => {
  it.each([
    ['all is well', {}, null],
    ['its model was disabled', { isEnabled: false }, 'disabled'],
    ['its breaker is open', { isBreakerOpen: true }, 'breaker'],
    ['the rollout was aborted', { modelIds: new Set(['old']), abortedModelId: 'new' }, 'aborted'],
    ['its model left the route', { modelIds: new Set(['next']) }, 'retired'],
  ] as const)('when %s', (_, facts, expected) => {
    expect(pinBreakOf({ ...HELD, ...facts })).toBe(expected);
  });

  it('changes its model only for a reason (H8)', () => {
    const facts = fc.record({
      pinnedModelId: fc.constantFrom('old', 'new', 'gone'),
      modelIds: fc.constantFrom(new Set(['old', 'new']), new Set(['old'])),
      abortedModelId: fc.constantFrom(null, 'new'),
      isEnabled: fc.boolean(),
      isBreakerOpen: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (fact) => {
        const isWell = fact.isEnabled && !fact.isBreakerOpen && fact.modelIds.has(fact.pinnedModelId);
        expect(pinBreakOf(fact) === null).toBe(isWell);
      }),
    );
  });
});

describe('the group that a request counts in', () => {
  it.each([
    ["the candidate's, where its conversation began with it", begun(9_999, 'new'), 'candidate'],
    ['the control group', begun(4_999, 'old'), 'control'],
    ['none, where it began before the stage', begun(9_999, 'new', 500), null],
    [
      'none, where an old conversation keeps stable for a user of the candidate',
      begun(9_999, 'old', 500),
      null,
    ],
    ['none, for everybody else', begun(100, 'old'), null],
    ['none, where it is pinned to another model than its position has', begun(9_999, 'old'), null],
    ['none, for an override', { ...begun(9_999, 'new'), reason: 'override' as const }, null],
  ])('is %s', (_, request, expected) => {
    expect(countedGroup(request, EPOCH, 'conversation')).toBe(expected);
  });

  it('is that of its position, where users and not conversations stay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), (position) => {
        const group = groupAt(position, EPOCH.steps);
        const request = {
          ...begun(position, group === 'candidate' ? 'new' : 'old', 0),
          reason: 'rollout' as const,
        };
        expect(countedGroup(request, EPOCH, 'user')).toBe(group);
      }),
    );
  });
});
