import { describe, expect, it } from 'vitest';
import type { Model } from '../domain/config.ts';
import { faultOf, type UpstreamFailureFacts } from './upstream-fault.ts';

const model = { id: 'qwen3-32b-prod', protocol: 'ollama', upstreamModel: 'qwen3:32b', apiKey: null } as Model;
const said = (facts: Partial<UpstreamFailureFacts>) =>
  faultOf({
    errorClass: 'upstream_5xx',
    message: 'm',
    model,
    status: 500,
    retryAfter: null,
    nowMs: 0,
    ...facts,
  });

describe('faultOf', () => {
  it('names the model that a conversation is too long for, and both ways out', () => {
    const message = 'request (4390 tokens) exceeds the available context size (4096 tokens)';
    const { code, message: told } = said({ errorClass: 'context_length', message, status: 400 });
    expect(code).toBe('context_length');
    expect(told).toBe(
      `model "qwen3-32b-prod": ${message}; shorten the conversation or ask for a shorter answer, or set a larger num_ctx in its options`,
    );
    const openai = { ...model, protocol: 'openai' } as Model;
    expect(said({ errorClass: 'context_length', model: openai }).message).toContain(
      'start its model server with',
    );
  });

  it.for(['auth', 'upstream_5xx', 'bad_request', 'overloaded', 'context_length'] as const)(
    'hides the key of the model that a server repeats: %s',
    (errorClass) => {
      const keyed = { ...model, apiKey: 'k-1' };
      const { message } = said({ errorClass, model: keyed, message: 'bad key k-1, really k-1' });
      expect(message).toContain('bad key …, really …');
    },
  );
});
