import { describe, expect, it } from 'vitest';
import { ollamaPs, ollamaShow, ollamaTags, ollamaVersion, openaiModel, openaiModels } from './listings.ts';

const DIGEST = expect.stringMatching(/^[0-9a-f]{64}$/);
const DETAILS = {
  parent_model: '',
  format: expect.any(String),
  family: expect.any(String),
  families: [expect.any(String)],
  parameter_size: expect.any(String),
  quantization_level: expect.any(String),
};

describe('listings', () => {
  it('lists names in the given order, as OpenAI does', () => {
    const item = { object: 'model', created: expect.any(Number), owned_by: 'sluice' };
    expect(openaiModels(['support', 'qwen2:7b'])).toEqual({
      object: 'list',
      data: [
        { id: 'support', ...item },
        { id: 'qwen2:7b', ...item },
      ],
    });
    expect(openaiModel('support')).toEqual({ id: 'support', ...item });
  });

  it('has every field that clients of Ollama look at', () => {
    expect(ollamaTags(['a'])).toEqual({
      models: [
        {
          name: 'a',
          model: 'a',
          modified_at: expect.any(String),
          size: 0,
          digest: DIGEST,
          details: DETAILS,
          capabilities: expect.arrayContaining(['completion']),
        },
      ],
    });
    expect(ollamaPs(['a'])).toEqual({
      models: [
        {
          name: 'a',
          model: 'a',
          size: 0,
          digest: DIGEST,
          details: DETAILS,
          expires_at: expect.any(String),
          size_vram: 0,
          context_length: 0,
        },
      ],
    });
    expect(Object.keys(ollamaShow('a'))).toEqual(
      expect.arrayContaining([
        'details',
        'model_info',
        'capabilities',
        'modified_at',
        'template',
        'modelfile',
      ]),
    );
    expect(ollamaVersion()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it('gives the same digest for the same name', () => {
    expect(ollamaTags(['a'])).toEqual(ollamaTags(['a']));
    expect(ollamaTags(['a'])).not.toEqual(ollamaTags(['b']));
  });
});
