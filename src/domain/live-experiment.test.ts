import { describe, expect, it } from 'vitest';
import { configOf, modelOf, NO_FACTS, routeOf } from '../../test/config-fixture.ts';
import { EXPERIMENT } from '../../test/support/experiment-spec.ts';
import { placeOf } from './bucket.ts';
import type { Config, OpenExperiment, Route } from './config.ts';
import { armOf } from './experiment.ts';
import { decide, type RequestFacts } from './routing.ts';
import { checkConfig, compileSnapshot } from './snapshot.ts';

const RUNNING: OpenExperiment = { ...EXPERIMENT, isRunning: true, stoppedArms: [] };
const MODELS = ['stable', 'control', 'treatment'].map((id) => modelOf(id));
const USERS = Array.from({ length: 2_000 }, (_, i) => `uid_${i}`);

const config = (experiments: readonly OpenExperiment[], more: Partial<Route> = {}): Config => ({
  ...configOf(MODELS, [routeOf('support', [['stable', 100]], more)]),
  experiments,
});
const decided = (experiment: OpenExperiment, facts: Partial<RequestFacts>, more: Partial<Route> = {}) => {
  const decision = decide(
    { ...NO_FACTS, ...facts },
    { snapshot: compileSnapshot(1, config([experiment], more)) },
  );
  if (decision.kind === 'refuse') throw new Error(decision.message);
  return decision;
};
const userIn = (name: string | null) =>
  USERS.find((user) => (armOf(EXPERIMENT, user)?.name ?? null) === name) ?? '';

describe('a running experiment', () => {
  it('gives the users of its arms their models, and leaves the others to the route', () => {
    for (const userId of USERS.slice(0, 300)) {
      const { assigned, reason, arm, place } = decided(RUNNING, { userId });
      const expected = armOf(EXPERIMENT, userId);
      expect([assigned.id, reason, arm?.name ?? null]).toEqual(
        expected === null ? ['stable', 'rule', null] : [expected.modelId, 'experiment', expected.name],
      );
      expect(arm?.experimentId ?? null).toBe(expected === null ? null : EXPERIMENT.id);
      expect(place).toEqual(placeOf(userId));
    }
  });

  it.each<[string, Partial<RequestFacts>, Partial<Route>, string]>([
    ['an override', { overrideModelId: 'stable' }, {}, 'override'],
    ['a disabled route', {}, { enabled: false }, 'route_disabled'],
    ['no user', { userId: null }, {}, 'no_user'],
    [
      'an audience',
      {},
      { audiences: [{ name: 'all', match: { kind: 'user_prefix', prefix: 'uid' }, modelId: 'stable' }] },
      'audience',
    ],
    [
      'a conversation pin',
      { pin: { routeId: 'support', modelId: 'stable', arm: null } },
      { stickiness: 'conversation' },
      'pinned',
    ],
  ])('stands behind %s', (_, facts, more, reason) => {
    const found = decided(RUNNING, { userId: userIn('treatment'), ...facts }, more);
    expect([found.reason, found.assigned.id, found.arm]).toEqual([reason, 'stable', null]);
  });

  it('counts all answers of a conversation that an arm began, and none of an older one', () => {
    const sticky = { stickiness: 'conversation' } as const;
    const userId = userIn('treatment');
    const { arm, routeId } = decided(RUNNING, { userId }, sticky);
    const later = (name: string | null) => {
      const held = name === null ? null : { experimentId: EXPERIMENT.id, name };
      return decided(
        RUNNING,
        { userId, pin: { routeId: routeId ?? '', modelId: 'treatment', arm: held } },
        sticky,
      );
    };
    expect(later('treatment')).toMatchObject({ reason: 'pinned', assigned: { id: 'treatment' }, arm });
    expect(later(null)).toMatchObject({ reason: 'pinned', assigned: { id: 'treatment' }, arm: null });
    expect(later('gone')).toMatchObject({ reason: 'pinned', arm: null });
  });

  it('gives nobody to an arm that was stopped, and moves nobody into another', () => {
    const stopped = { ...RUNNING, stoppedArms: ['treatment'] };
    expect(decided(stopped, { userId: userIn('treatment') })).toMatchObject({ reason: 'rule', arm: null });
    expect(decided(stopped, { userId: userIn('control') }).reason).toBe('experiment');
  });

  it('decides nothing before its start', () => {
    const draft = { ...RUNNING, isRunning: false };
    expect(decided(draft, { userId: userIn('treatment') }).reason).toBe('rule');
  });
});

describe('checkConfig', () => {
  const paths = (...experiments: readonly OpenExperiment[]) =>
    checkConfig(config(experiments)).map(({ path, code }) => [path, code]);

  it('names what is wrong with an experiment', () => {
    expect(paths(RUNNING, { ...RUNNING, id: 'later', isRunning: false })).toEqual([]);
    expect(paths(RUNNING, { ...RUNNING, id: 'second' })).toEqual([['experiments[1].route_id', 'clash']]);
    expect(paths({ ...RUNNING, routeId: 'nowhere' })).toEqual([['experiments[0].route_id', 'unknown_route']]);
    const arms = [
      { name: 'control', modelId: 'gone', steps: 2_000 },
      { name: 'treatment', modelId: 'treatment', steps: 5_001 },
    ];
    expect(paths({ ...RUNNING, arms })).toEqual([
      ['experiments[0].arms[1].share', 'experiment'],
      ['experiments[0].arms[0].model_id', 'unknown_model'],
    ]);
  });
});
