import { describe, expect, it } from 'vitest';
import { Fault, type FaultCode } from '../fault.ts';
import { renderFault, renderInBand } from './errors.ts';

const STATUS: Readonly<Record<FaultCode, number>> = {
  bad_json: 400,
  bad_request: 400,
  two_credentials: 400,
  context_length: 400,
  upstream_refused_request: 400,
  missing_key: 401,
  wrong_key: 401,
  forbidden: 403,
  override_forbidden: 403,
  not_found: 404,
  model_not_found: 404,
  no_route: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  host_not_allowed: 421,
  rate_limited: 429,
  internal: 500,
  upstream_error: 502,
  no_model_available: 503,
  breaker_open: 503,
  rejected: 503,
  overloaded: 503,
  shutting_down: 503,
  upstream_timeout: 504,
};

const shape = (protocol: 'openai' | 'ollama' | 'chat', fault: Fault): object => {
  const { body, ...more } = renderFault(protocol, fault, 'req_1');
  return { ...more, body: JSON.parse(body.toString()) };
};

describe('renderFault', () => {
  it.each(Object.entries(STATUS))(
    '%s is %i in every protocol, and says when to come back',
    (code, status) => {
      for (const protocol of ['openai', 'ollama', 'chat'] as const) {
        const answer = renderFault(protocol, new Fault(code as FaultCode, 'x'), 'req_1');
        expect(answer.status).toBe(status);
        expect(answer.retryAfterSeconds !== null).toBe(status === 429 || status === 503);
      }
    },
  );

  it('keeps the shape of each protocol', () => {
    const fault = new Fault('bad_request', 'n must be 1', { param: 'n' });
    expect(shape('openai', fault)).toEqual({
      status: 400,
      contentType: 'application/json',
      retryAfterSeconds: null,
      body: { error: { message: 'n must be 1', type: 'invalid_request_error', param: 'n', code: null } },
    });
    expect(shape('ollama', fault)).toEqual({
      status: 400,
      contentType: 'application/json; charset=utf-8',
      retryAfterSeconds: null,
      body: { error: 'n must be 1' },
    });
    expect(shape('chat', fault)).toMatchObject({
      contentType: 'application/json',
      body: { error: { code: 'bad_request', message: 'n must be 1', request_id: 'req_1' } },
    });
  });

  it.each<[code: FaultCode, type: string, openaiCode: string]>([
    ['context_length', 'invalid_request_error', 'context_length_exceeded'],
    ['model_not_found', 'not_found_error', 'model_not_found'],
    ['rate_limited', 'rate_limit_error', 'rate_limit_exceeded'],
    ['wrong_key', 'authentication_error', 'invalid_api_key'],
    ['upstream_error', 'api_error', 'upstream_error'],
    ['rejected', 'server_error', 'rejected'],
  ])('gives OpenAI clients the words they look for: %s', (code, type, openaiCode) => {
    expect(shape('openai', new Fault(code, 'x'))).toMatchObject({
      body: { error: { type, code: openaiCode } },
    });
  });

  it('lets the client see the status with which the model server refused it, if that blames the caller', () => {
    const refused = (upstreamStatus: number): number =>
      renderFault('openai', new Fault('upstream_refused_request', 'x', { upstreamStatus }), 'r').status;
    expect([422, 413, 500, 200].map(refused)).toEqual([422, 413, 400, 400]);
  });

  it('tells the wait that is known', () => {
    const fault = new Fault('rate_limited', 'x', { retryAfterSeconds: 30 });
    expect(renderFault('openai', fault, 'r').retryAfterSeconds).toBe(30);
  });
});

describe('renderInBand', () => {
  const fault = new Fault('upstream_error', 'it\nbroke');
  it.each([
    ['ollama', false, '{"error":"it\\nbroke"}\n'],
    ['ollama', true, '\n{"error":"it\\nbroke"}\n'],
    [
      'openai',
      false,
      'data: {"error":{"message":"it\\nbroke","type":"api_error","param":null,"code":"upstream_error"}}\n\n',
    ],
    ['chat', false, 'data: {"error":{"code":"upstream_error","message":"it\\nbroke"}}\n\n'],
    ['chat', true, '\n\ndata: {"error":{"code":"upstream_error","message":"it\\nbroke"}}\n\n'],
  ] as const)('%s, inside a frame: %s', (protocol, midFrame, expected) => {
    expect(renderInBand(protocol, fault, midFrame).toString()).toBe(expected);
  });
});
