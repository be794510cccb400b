import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUpstreamErrorBody } from './upstream-error.ts';

const NGINX =
  '<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n';

describe('readUpstreamErrorBody', () => {
  it.each<[name: string, body: string, message: string, type?: string, code?: string]>([
    ['Ollama', '{"error":"model \'x\' not found"}', "model 'x' not found"],
    [
      'Ollama with the JSON of its runner',
      JSON.stringify({
        error: JSON.stringify({
          error: { code: 400, message: 'too long', type: 'exceed_context_size_error' },
        }),
      }),
      'too long',
      'exceed_context_size_error',
      '400',
    ],
    [
      'OpenAI',
      '{"error":{"message":"no","type":"invalid_request_error","param":null,"code":"model_not_found"}}',
      'no',
      'invalid_request_error',
      'model_not_found',
    ],
    [
      'vLLM',
      '{"object":"error","message":"gone","type":"NotFoundError","param":null,"code":404}',
      'gone',
      'NotFoundError',
      '404',
    ],
    [
      'llama.cpp',
      '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
      'Loading model',
      'unavailable_error',
      '503',
    ],
    [
      'Anthropic',
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      'Overloaded',
      'overloaded_error',
    ],
    ['FastAPI', '{"detail":"Not Found"}', 'Not Found'],
    [
      'FastAPI validation',
      '{"detail":[{"loc":["body","messages"],"msg":"Field required"},{"loc":["body"],"msg":"x"}]}',
      'body.messages: Field required; body: x',
    ],
    ['JSON inside a message', '{"error":{"message":"{\\"error\\":{\\"message\\":\\"deep\\"}}"}}', 'deep'],
    ['plain text', '404 page not found', '404 page not found'],
    ['broken JSON', '{"error":', '{"error":'],
    ['nothing', '', 'the model server gave no reason'],
    ['an object without words', '{}', 'the model server gave no reason'],
    ['nginx', NGINX, 'HTML page instead of an answer: 504 Gateway Time-out (nginx/1.22.1)'],
    ['some page', '<!doctype html><p>x', 'HTML page instead of an answer: no title'],
  ])('%s', (_name, body, message, type, code) => {
    expect(readUpstreamErrorBody(Buffer.from(body))).toEqual({
      message,
      type: type ?? null,
      code: code ?? null,
    });
  });

  it('keeps messages short and never fails', () => {
    expect(readUpstreamErrorBody(Buffer.alloc(1024 * 1024, 'x')).message.length).toBeLessThanOrEqual(2001);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof readUpstreamErrorBody(Buffer.from(text)).message).toBe('string');
      }),
    );
  });
});
