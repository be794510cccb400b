import { expect, it } from 'vitest';
import { draftsOf, FIRST_STAGES, stagesOf } from './stages.ts';

it('turns limits of the form into numbers and times, and back', () => {
  const stages = stagesOf(FIRST_STAGES);
  expect(stages[0]?.gates?.map(({ value }) => value)).toEqual([0.03, '8s']);
  expect(draftsOf(stages)).toEqual(FIRST_STAGES);
  expect(stagesOf(draftsOf([{ weight: 100 }]))).toEqual([{ weight: 100, gates: [] }]);
});
