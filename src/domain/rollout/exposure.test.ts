import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf, NO_FACTS, routeOf, SETTINGS } from '../../../test/config-fixture.ts';
import { placeOf } from '../bucket.ts';
import { decide } from '../routing.ts';
import { compileSnapshot } from '../snapshot.ts';
import { candidateRange, controlRange, groupAt } from './exposure.ts';

const steps = fc.integer({ min: 0, max: 10_000 });
const position = fc.integer({ min: 0, max: 9_999 });
const USERS = Array.from({ length: 50_000 }, (_, i) => `uid_${i}`);
const POSITIONS_SEEN = USERS.map((id) => placeOf(id).position);

describe('exposure', () => {
  it('is the same for an id wherever and whenever it is asked (H1, H5, H9)', () => {
    expect(['uid_1', '用户-7', '👩‍🚀', 'é', 'e\u0301'].map((id) => placeOf(id).position)).toEqual([
      ...['uid_1', '用户-7', '👩‍🚀', 'é', 'e\u0301'].map(
        (id) => placeOf(Buffer.from(id).toString()).position,
      ),
    ]);
    expect(placeOf('é')).not.toEqual(placeOf('e\u0301'));
  });

  it('only adds users when it grows (H2)', () => {
    fc.assert(
      fc.property(position, steps, steps, (at, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(groupAt(at, low) === 'candidate' && groupAt(at, high) !== 'candidate').toBe(false);
      }),
    );
  });

  it('gives the share that was asked for, within five standard deviations (H3)', () => {
    for (const share of [0.01, 0.05, 0.2, 0.5]) {
      const exposed = POSITIONS_SEEN.filter((at) => groupAt(at, share * 10_000) === 'candidate').length;
      const deviation = Math.sqrt(USERS.length * share * (1 - share));
      expect(Math.abs(exposed - share * USERS.length)).toBeLessThan(5 * deviation);
    }
  });

  it('tells nothing of where a salted hash puts a user (H4)', () => {
    const share = 0.2;
    let both = 0;
    for (const [i, id] of USERS.entries()) {
      const isExposed = groupAt(POSITIONS_SEEN[i] ?? 0, 2_000) === 'candidate';
      if (isExposed && placeOf(id, 'exp_1').position < 5_000) both += 1;
    }
    const expected = USERS.length * share * 0.5;
    expect(Math.abs(both - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it('has a control group of the same width up to 50 %, beside it and growing too (H6)', () => {
    fc.assert(
      fc.property(steps, (share) => {
        const [candidate, control] = [candidateRange(share), controlRange(share)];
        expect(candidate.below - candidate.from).toBe(share);
        expect(control.below - control.from).toBe(share <= 5_000 ? share : 10_000 - share);
        expect(control.below).toBeLessThanOrEqual(candidate.from);
      }),
    );
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 4_999 }), (at, share) => {
        if (groupAt(at, share) === 'control') expect(groupAt(at, share + 1)).toBe('control');
      }),
    );
  });

  it('leaves a request without a user on stable (H7)', () => {
    const config = {
      models: [modelOf('old'), modelOf('new')],
      routes: [
        routeOf('support', [
          ['old', 1],
          ['new', 99],
        ]),
      ],
      experiments: [],
      settings: SETTINGS,
      intents: [],
    };
    expect(decide(NO_FACTS, { snapshot: compileSnapshot(1, config) })).toMatchObject({
      reason: 'no_user',
      serving: { id: 'old' },
    });
  });
});
