import { describe, expect, it } from 'vitest';
import { completeModel } from './model.ts';
import { completeRoute } from './route.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { toConfig, toRoute } from './to-domain.ts';

const model = completeModel({
  id: 'm',
  protocol: 'ollama',
  base_url: 'http://127.0.0.1:11434//',
  upstream_model: 'qwen2:7b',
  breaker: { fallback_model_id: 'n' },
});

describe('toConfig', () => {
  it('maps a model with its defaults and its secret to units of the domain', () => {
    const { models } = toConfig(
      { models: [model], routes: [], experiments: [], settings: DEFAULT_SETTINGS, intents: [] },
      new Map([['m', 'sk']]),
    );
    expect(models).toEqual([
      {
        id: 'm',
        name: 'm',
        protocol: 'ollama',
        baseUrl: 'http://127.0.0.1:11434',
        upstreamModel: 'qwen2:7b',
        connectTimeoutMs: 2_000,
        timeoutMs: 120_000,
        idleTimeoutMs: 60_000,
        totalTimeoutMs: 1_800_000,
        maxConcurrent: 32,
        maxQueue: 128,
        apiKey: 'sk',
        options: null,
        systemPrompt: null,
        onOverflow: 'truncate',
        injectUsage: false,
        capture: 'full',
        enabled: true,
        breaker: {
          enabled: true,
          errorRatePct: 3,
          windowMs: 300_000,
          minRequests: 20,
          minFailures: 5,
          consecutiveFailures: 5,
          openMs: 300_000,
          openFactor: 1,
          openMaxMs: 1_800_000,
          decayMs: 600_000,
          probes: 5,
          probesAtOnce: 2,
          probeEveryMs: 30_000,
        },
        fallbackModelId: 'n',
      },
    ]);
  });

  it('maps the settings; headers are compared in lower case', () => {
    const { settings } = toConfig(
      { models: [], routes: [], experiments: [], settings: DEFAULT_SETTINGS, intents: [] },
      new Map(),
    );
    expect(settings).toMatchObject({
      unknownModel: 'default_route',
      identityFallback: 'stable',
      anonymousChat: false,
    });
    expect(settings).toMatchObject({
      maxBodyBytes: 4 * 1024 * 1024,
      sessionIdleMs: 900_000,
      corsOrigins: [],
    });
    expect(settings.followUpPhrases).toEqual(expect.arrayContaining(['再说一遍', 'say that again']));
    expect(settings.userSources.slice(0, 2)).toEqual([
      { kind: 'body', path: ['user_id'], label: 'body:user_id' },
      { kind: 'header', name: 'x-user-id', label: 'header:X-User-Id' },
    ]);
    expect(settings.userSources[4]).toMatchObject({ path: ['metadata', 'user_id'] });
  });
});

describe('toRoute', () => {
  it.each([0, 0.01, 0.07, 0.29, 1.15, 33.33, 66.67, 99.99, 100])(
    'weight %f is a whole number of steps',
    (weight) => {
      const route = toRoute(completeRoute({ rules: [{ model_id: 'm', weight }] }, true));
      expect(route.rules[0]?.steps).toBe(Number((weight * 100).toFixed(0)));
    },
  );

  it('fills the pasted form in', () => {
    const pasted = {
      strategy: 'hash_user_id',
      rules: [
        { model_id: 'a', weight: 80 },
        { model_id: 'b', weight: 20 },
      ],
    } as const;
    const document = completeRoute({ ...pasted, rules: [...pasted.rules] }, true);
    expect(toRoute(document)).toMatchObject({
      id: 'default',
      isDefault: true,
      enabled: true,
      stickiness: 'user',
      stableModelId: 'a',
      rules: [
        { modelId: 'a', steps: 8_000 },
        { modelId: 'b', steps: 2_000 },
      ],
    });
  });

  it('maps each way to match', () => {
    const audience = (match: object) => ({ name: 'x', match, model_id: 'a' });
    const matches = [
      { user_ids: ['u'] },
      { user_prefix: 'p' },
      { segment: 's' },
      { created_after: '2025-06-01T08:00:00+08:00' },
    ];
    const document = completeRoute(
      { rules: [{ model_id: 'a', weight: 100 }], audiences: matches.map(audience) },
      true,
    );
    expect(toRoute(document).audiences.map((one) => one.match)).toEqual([
      { kind: 'user_ids', ids: new Set(['u']) },
      { kind: 'user_prefix', prefix: 'p' },
      { kind: 'segment', segment: 's' },
      { kind: 'created_after', atMs: Date.UTC(2025, 5, 1) },
    ]);
  });
});
