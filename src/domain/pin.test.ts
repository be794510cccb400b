import { describe, expect, it } from 'vitest';
import { configOf, modelOf, routeOf } from '../../test/config-fixture.ts';
import type { Standing } from './breaker.ts';
import type { Model, Route } from './config.ts';
import { type Decided, heldBy, pinAfter } from './pin.ts';
import { compileSnapshot } from './snapshot.ts';

const PIN = { routeId: 'support', modelId: 'candidate', arm: null };
const RULES = [
  ['stable', 100],
  ['candidate', 0],
] as const;

interface World {
  readonly rules?: readonly (readonly [string, number])[];
  readonly route?: Partial<Route>;
  readonly candidate?: Partial<Model>;
  readonly standing?: Standing;
}

function held({ rules = RULES, route, candidate, standing = 'closed' }: World, pin = PIN) {
  const models = [modelOf('stable'), modelOf('candidate', candidate)];
  const config = configOf(models, [routeOf('support', rules, { stickiness: 'conversation', ...route })]);
  const [compiled] = compileSnapshot(1, config).routes;
  if (compiled === undefined) throw new Error('a route was expected');
  const found = heldBy(pin, compiled, (id) => (id === 'candidate' ? standing : 'closed'));
  return typeof found === 'object' ? (found?.id ?? null) : found;
}

describe('what holds a conversation', () => {
  it.each<[string, World, string | null]>([
    ['its model, also where the rule has no weight', {}, 'candidate'],
    ['its model, while that is tried again', { standing: 'probe' }, 'candidate'],
    ['nothing, where the bucket decides every request', { route: { stickiness: 'user' } }, null],
    ['nothing, on another route', { route: { id: 'other' } }, null],
    ['nothing, where the route is disabled', { route: { enabled: false } }, 'disabled'],
    ['nothing, where the model is disabled', { candidate: { enabled: false } }, 'disabled'],
    ['nothing, while the breaker is open', { standing: 'open' }, 'breaker'],
    ['nothing, once the model left the route', { rules: [['stable', 100]] }, 'retired'],
  ])('%s', (_, world, expected) => {
    expect(held(world)).toBe(expected);
  });

  it('is also the stable model, where no rule names it', () => {
    const route = { stableModelId: 'stable' };
    expect(held({ rules: [['candidate', 100]], route }, { ...PIN, modelId: 'stable' })).toBe('stable');
  });
});

describe('what holds it from then on', () => {
  const stood = { assignedModelId: 'candidate', servingModelId: 'stable' };
  it.each<[string, Partial<Decided>, string]>([
    ['the model that the shares gave', {}, 'stable'],
    ['who stood in for one that is cut off', { ...stood, fallback: 'open' }, 'stable'],
    ['who stood in for one that is disabled', { ...stood, fallback: 'disabled' }, 'stable'],
    [
      'who was cut off, where nobody could stand in',
      { ...stood, fallback: 'open', servingModelId: null },
      'candidate',
    ],
    ['who failed once', { ...stood, fallback: 'error' }, 'candidate'],
    ['who answered while the route was disabled', { reason: 'route_disabled' }, 'stable'],
    ['as before, after an override', { reason: 'override' }, 'candidate'],
    ['as before, after an audience', { reason: 'audience' }, 'candidate'],
    ['as before, after another route', { routeId: 'other' }, 'candidate'],
    ['as before, after a request without one', { routeId: null }, 'candidate'],
    ['as before, after a request that was refused', { reason: null, assignedModelId: null }, 'candidate'],
  ])('%s', (_, more, modelId) => {
    const plain = { routeId: 'support', reason: 'rule', fallback: null, arm: null };
    const request = { ...plain, assignedModelId: 'stable', servingModelId: 'stable', ...more };
    expect(pinAfter(PIN, request)).toEqual({ ...PIN, modelId });
  });

  it('remembers the arm that gave the model, until another model stands in', () => {
    const arm = { experimentId: 'e', name: 'treatment' };
    const given = { routeId: 'support', reason: 'experiment', assignedModelId: 'candidate', arm };
    expect(pinAfter(PIN, { ...given, servingModelId: 'candidate', fallback: null })).toEqual({ ...PIN, arm });
    expect(pinAfter(PIN, { ...given, servingModelId: 'stable', fallback: 'open' })).toEqual({
      ...PIN,
      modelId: 'stable',
    });
  });

  it('begins with the first request that the rules decide', () => {
    const request = {
      reason: 'no_user',
      fallback: null,
      arm: null,
      assignedModelId: 'a',
      servingModelId: 'a',
    };
    expect(pinAfter(null, { ...request, routeId: 'support' })).toBeNull();
    expect(pinAfter(null, { ...request, routeId: 'r', reason: 'rule' })).toEqual({
      routeId: 'r',
      modelId: 'a',
      arm: null,
    });
  });
});
