import { describe, expect, it } from 'vitest';
import { configOf, modelOf, routeOf } from '../../test/config-fixture.ts';
import type { Config } from './config.ts';
import { checkConfig, compileSnapshot } from './snapshot.ts';

const a = modelOf('a');
const b = modelOf('b');
const route = routeOf('r', [
  ['a', 80],
  ['b', 20],
]);

describe('checkConfig', () => {
  it('finds nothing wrong with a good configuration', () => {
    expect(checkConfig(configOf([a, b], [route]))).toEqual([]);
  });

  it.each<[string, Config, string, string]>([
    ['two models of one id', configOf([a, a], []), 'models[1].id', 'clash'],
    ['a route named like a model', configOf([a, b], [{ ...route, id: 'a' }]), 'routes[0].id', 'clash'],
    [
      'an alias named like a model',
      configOf([a, b], [{ ...route, aliases: ['x', 'b'] }]),
      'routes[0].aliases[1]',
      'clash',
    ],
    [
      'an alias twice',
      configOf([a, b], [{ ...route, aliases: ['x', 'x'] }]),
      'routes[0].aliases[1]',
      'clash',
    ],
    [
      'an unknown stable',
      configOf([a, b], [{ ...route, stableModelId: 'c' }]),
      'routes[0].stable_model_id',
      'unknown_model',
    ],
    ['an unknown model in a rule', configOf([a], [route]), 'routes[0].rules[1].model_id', 'unknown_model'],
    [
      'weights over 100',
      configOf(
        [a, b],
        [
          routeOf('r', [
            ['a', 80],
            ['b', 20.01],
          ]),
        ],
      ),
      'routes[0].rules',
      'weights',
    ],
    ['no rules', configOf([a], [{ ...route, rules: [] }]), 'routes[0].rules', 'weights'],
    ['two defaults', configOf([a, b], [route, { ...route, id: 's' }]), 'routes[1].default', 'two_defaults'],
    [
      'its own fallback',
      configOf([modelOf('a', { fallbackModelId: 'a' })], []),
      'models[0].breaker.fallback_model_id',
      'loop',
    ],
    [
      'an unknown fallback',
      configOf([modelOf('a', { fallbackModelId: 'z' })], []),
      'models[0].breaker.fallback_model_id',
      'unknown_model',
    ],
    [
      'an openai address without /v1',
      configOf([modelOf('a', { protocol: 'openai' })], []),
      'models[0].base_url',
      'base_url',
    ],
  ])('%s', (_name, config, path, code) => {
    expect(checkConfig(config)).toEqual([expect.objectContaining({ path, code })]);
  });

  it('says what the weights add up to', () => {
    const config = configOf(
      [a, b],
      [
        routeOf('r', [
          ['a', 80],
          ['b', 19.5],
        ]),
      ],
    );
    expect(checkConfig(config)[0]?.message).toContain('99.5');
  });
});

describe('compileSnapshot', () => {
  it('refuses what checkConfig refuses', () => {
    expect(() => compileSnapshot(1, configOf([a], [route]))).toThrow(/rules\[1\]\.model_id/);
  });

  it('finds a route by its id and each alias', () => {
    const snapshot = compileSnapshot(3, configOf([a, b], [{ ...route, aliases: ['x', 'y'] }]));
    expect(snapshot.version).toBe(3);
    for (const name of ['r', 'x', 'y']) expect(snapshot.routesByName.get(name)?.route.id).toBe('r');
    expect(snapshot.defaultRoute?.route.id).toBe('r');
  });

  it('knows whether any audience asks for the age of a user', () => {
    const match = { kind: 'created_after', atMs: 0 } as const;
    const aged = { ...route, audiences: [{ name: 'new', match, modelId: 'b' }] };
    expect(compileSnapshot(1, configOf([a, b], [route])).usesCreatedAt).toBe(false);
    expect(compileSnapshot(1, configOf([a, b], [aged])).usesCreatedAt).toBe(true);
  });
});
