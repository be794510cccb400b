import { describe, expect, it } from 'vitest';
import { configOf, modelOf, NO_FACTS, routeOf, SETTINGS } from '../../test/config-fixture.ts';
import { placeOf } from './bucket.ts';
import type { AudienceMatch, Config } from './config.ts';
import { type Assignment, decide, type RequestFacts } from './routing.ts';
import { compileSnapshot } from './snapshot.ts';

const stable = modelOf('stable');
const candidate = modelOf('candidate');
const support = routeOf(
  'support',
  [
    ['stable', 80],
    ['candidate', 20],
  ],
  { aliases: ['qwen2:7b'] },
);
const base = configOf([stable, candidate], [support]);

function ask(facts: Partial<RequestFacts>, config: Config = base): ReturnType<typeof decide> {
  return decide({ ...NO_FACTS, ...facts }, { snapshot: compileSnapshot(7, config) });
}
function served(facts: Partial<RequestFacts>, config: Config = base): Assignment {
  const decision = ask(facts, config);
  if (decision.kind === 'refuse') throw new Error(decision.message);
  return decision;
}

describe('decide', () => {
  it('splits 80/20 so that buckets 80–99 get the second rule', () => {
    for (let i = 0; i < 2_000; i++) {
      const userId = `user-${i}`;
      const decision = served({ userId });
      expect(decision.assigned.id).toBe(placeOf(userId).bucket >= 80 ? 'candidate' : 'stable');
      expect(decision).toMatchObject({ reason: 'rule', fallback: null, routeId: 'support', version: 7 });
    }
  });

  it('gives the users of the guide their sides', () => {
    expect(served({ userId: 'alice' })).toMatchObject({ assigned: stable, place: { bucket: 0 } });
    expect(served({ userId: 'uid_123456' })).toMatchObject({ assigned: candidate, place: { bucket: 89 } });
  });

  const audience = (match: AudienceMatch): Config =>
    configOf(
      [stable, candidate],
      [{ ...support, audiences: [{ name: 'beta', match, modelId: 'candidate' }] }],
    );
  it.each<[string, AudienceMatch, Partial<RequestFacts>, string]>([
    ['listed', { kind: 'user_ids', ids: new Set(['alice']) }, { userId: 'alice' }, 'audience'],
    ['not listed', { kind: 'user_ids', ids: new Set(['bob']) }, { userId: 'alice' }, 'rule'],
    ['prefix', { kind: 'user_prefix', prefix: 'ali' }, { userId: 'alice' }, 'audience'],
    ['segment', { kind: 'segment', segment: 'vip' }, { userId: 'alice', segment: 'vip' }, 'audience'],
    ['no segment', { kind: 'segment', segment: 'vip' }, { userId: 'alice' }, 'rule'],
    ['created later', { kind: 'created_after', atMs: 5 }, { userId: 'alice', createdAtMs: 6 }, 'audience'],
    ['created then', { kind: 'created_after', atMs: 5 }, { userId: 'alice', createdAtMs: 5 }, 'rule'],
    ['created unknown', { kind: 'created_after', atMs: 5 }, { userId: 'alice' }, 'rule'],
    ['no user', { kind: 'segment', segment: 'vip' }, { segment: 'vip' }, 'no_user'],
  ])('audience: %s', (_name, match, facts, reason) => {
    const decision = served(facts, audience(match));
    expect(decision.reason).toBe(reason);
    expect(decision.assigned.id).toBe(reason === 'audience' ? 'candidate' : 'stable');
    expect(decision.audience).toBe(reason === 'audience' ? 'beta' : null);
  });

  it('takes the first matching audience', () => {
    const audiences = ['stable', 'candidate'].map((modelId) => ({
      name: modelId,
      modelId,
      match: { kind: 'user_prefix' as const, prefix: '' },
    }));
    const config = configOf([stable, candidate], [{ ...support, audiences }]);
    expect(served({ userId: 'uid_123456' }, config)).toMatchObject({ audience: 'stable', assigned: stable });
  });

  it('lets a disabled route give stable to everyone, audiences included', () => {
    const match = { kind: 'user_prefix', prefix: '' } as const;
    const route = { ...support, enabled: false, audiences: [{ name: 'all', match, modelId: 'candidate' }] };
    const config = configOf([stable, candidate], [route]);
    for (const userId of ['alice', 'uid_123456', null]) {
      expect(served({ userId }, config)).toMatchObject({ assigned: stable, reason: 'route_disabled' });
    }
  });

  it('keeps a conversation on the model that began it, only where the route says so', () => {
    const facts = { userId: 'alice', pin: { routeId: 'support', modelId: 'candidate', arm: null } };
    expect(served(facts)).toMatchObject({ assigned: stable, reason: 'rule' });
    const sticky = configOf([stable, candidate], [{ ...support, stickiness: 'conversation' }]);
    expect(served(facts, sticky)).toMatchObject({ assigned: candidate, reason: 'pinned' });
    const gone = configOf(
      [stable, { ...candidate, enabled: false }],
      [{ ...support, stickiness: 'conversation' }],
    );
    expect(served(facts, gone)).toMatchObject({ assigned: stable, reason: 'rule' });
  });
});

describe('which model is meant', () => {
  const other = routeOf('other', [['candidate', 100]], { isDefault: false, aliases: ['big'] });
  const two = configOf([stable, candidate], [support, other]);
  it.each<[string, Partial<RequestFacts>, string, string]>([
    ['override by id', { overrideModelId: 'candidate', modelName: 'support' }, 'candidate', 'override'],
    ['model equal to a model id', { modelName: 'candidate' }, 'candidate', 'override'],
    ['model equal to a route id', { modelName: 'other', userId: 'alice' }, 'candidate', 'rule'],
    ['model equal to an alias', { modelName: 'big', userId: 'alice' }, 'candidate', 'rule'],
    ['route of the body', { routeName: 'other', userId: 'alice' }, 'candidate', 'rule'],
    ['an upstream name of old', { modelName: 'llama2:13b', userId: 'alice' }, 'stable', 'rule'],
    ['nothing', { userId: 'alice' }, 'stable', 'rule'],
  ])('%s', (_name, facts, model, reason) => {
    expect(served(facts, two)).toMatchObject({ assigned: { id: model }, reason });
  });

  it.each<[string, Partial<RequestFacts>, Config, string]>([
    ['unknown override', { overrideModelId: 'nope' }, base, 'model_not_found'],
    [
      'disabled override',
      { overrideModelId: 'candidate' },
      configOf([stable, { ...candidate, enabled: false }], [support]),
      'model_not_found',
    ],
    [
      'override without permission',
      { overrideModelId: 'candidate', mayOverride: false },
      base,
      'override_forbidden',
    ],
    [
      'model id without permission',
      { modelName: 'candidate', mayOverride: false },
      base,
      'override_forbidden',
    ],
    ['unknown route', { routeName: 'nope' }, base, 'no_route'],
    ['no default route', { modelName: 'x' }, configOf([stable], []), 'no_route'],
    [
      'unknown model where rejected',
      { modelName: 'x' },
      configOf([stable, candidate], [support], { ...SETTINGS, unknownModel: 'reject' }),
      'model_not_found',
    ],
    [
      'everything disabled',
      { userId: 'alice' },
      configOf(
        [
          { ...stable, enabled: false },
          { ...candidate, enabled: false },
        ],
        [support],
      ),
      'no_model_available',
    ],
  ])('refuses: %s', (_name, facts, config, code) => {
    expect(ask(facts, config)).toMatchObject({ kind: 'refuse', code });
  });
});

describe('substitution and standby', () => {
  const spare = modelOf('spare');
  it('serves a disabled model’s users from its fallback, and tells both facts', () => {
    const off = modelOf('candidate', { enabled: false, fallbackModelId: 'spare' });
    const config = configOf([stable, off, spare], [support]);
    expect(served({ userId: 'uid_123456' }, config)).toMatchObject({
      assigned: { id: 'candidate' },
      serving: { id: 'spare' },
      fallback: 'disabled',
      standby: { id: 'stable' },
    });
  });

  it('does not loop along fallbacks that point at each other', () => {
    const a = modelOf('candidate', { enabled: false, fallbackModelId: 'spare' });
    const b = modelOf('spare', { enabled: false, fallbackModelId: 'candidate' });
    const decision = served({ userId: 'uid_123456' }, configOf([stable, a, b], [support]));
    expect(decision).toMatchObject({ serving: { id: 'stable' }, fallback: 'disabled', standby: null });
  });

  it('names the standby: own fallback, else stable, else nobody', () => {
    expect(served({ userId: 'uid_123456' }).standby?.id).toBe('stable');
    expect(served({ userId: 'alice' }).standby).toBeNull();
    expect(served({ overrideModelId: 'candidate' }).standby).toBeNull();
    const own = configOf([stable, modelOf('candidate', { fallbackModelId: 'spare' }), spare], [support]);
    expect(served({ userId: 'uid_123456' }, own).standby?.id).toBe('spare');
  });
});
