import { expect, it } from 'vitest';
import { audiencesOf, draftsOf, fieldOf } from './audiences.ts';

it('keeps audiences as they are through the form', () => {
  const audiences = [
    { name: 'beta', match: { user_ids: ['uid_1', 'uid_2'] }, model_id: 'a' },
    { name: 'staff', match: { user_prefix: 'staff_' }, model_id: 'a' },
    { name: 'gold', match: { segment: 'gold' }, model_id: 'b' },
    { name: 'new', match: { created_after: '2026-06-01T00:00:00Z' }, model_id: 'b' },
  ];
  expect(audiencesOf(draftsOf(audiences))).toEqual(audiences);
});

it('shows faults of a match at its field', () => {
  expect(fieldOf(['audiences', 1, 'match', 'segment'])).toEqual(['audiences', 1, 'text']);
  expect(fieldOf(['audiences', 0, 'match', 'user_ids', 3])).toEqual(['audiences', 0, 'ids']);
  expect(fieldOf(['audiences', 0, 'name'])).toEqual(['audiences', 0, 'name']);
});
