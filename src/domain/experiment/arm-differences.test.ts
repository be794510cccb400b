import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/config-fixture.ts';
import type { Model } from '../config.ts';
import { armDifferences } from './arm-differences.ts';

const differences = (...more: readonly Partial<Model>[]) =>
  armDifferences(more.map((one, i) => modelOf(`model-${i}`, one)));

describe('armDifferences', () => {
  it('finds none between two upstream models, wherever they run', () => {
    expect(differences({}, { baseUrl: 'http://10.0.0.2:8080', protocol: 'openai', apiKey: 'k' })).toEqual([]);
    expect(differences({ options: { a: 1, b: 2 } }, { options: { b: 2, a: 1 } })).toEqual([]);
    expect(differences({ fallbackModelId: 'other' }, {})).toEqual([]);
  });

  it('names each field that is a second explanation, as the API does', () => {
    expect(differences({}, {}, { systemPrompt: 'Be brief.' })).toEqual(['system_prompt']);
    expect(differences({ options: { num_ctx: 4_096 } }, { options: { num_ctx: 8_192 } })).toEqual([
      'options',
    ]);
    expect(differences({ timeoutMs: 1, maxConcurrent: 1 }, {})).toEqual(['timeout', 'max_concurrent']);
  });
});
