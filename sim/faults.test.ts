import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from './fault-rules.ts';
import { type SimServer, startModelServer } from './model-server.ts';

let server: SimServer;
beforeAll(async () => {
  const models = [{ name: 'm', contextLength: 4096 }, { name: 'other' }];
  server = await startModelServer({ port: 0, models, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => server.close());

interface Seen {
  readonly status: number | null;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly end: 'clean' | 'reset' | 'open';
}

/** One request as a client sees it on the socket; `open` when nothing more came for `waitMs`. */
function ask(
  kind: 'ollama' | 'openai',
  stream: boolean,
  { model = 'm', waitMs = 10_000 } = {},
): Promise<Seen> {
  const path = kind === 'ollama' ? '/api/chat' : '/v1/chat/completions';
  return new Promise((resolve) => {
    let status: number | null = null;
    let headers = {};
    let text = '';
    const finish = (end: Seen['end']) => {
      clearTimeout(timer);
      req.destroy();
      resolve({ status, headers, text, end });
    };
    const req = request(server.url + path, { method: 'POST', agent: false }, (res) => {
      status = res.statusCode ?? null;
      headers = res.headers;
      res.on('data', (chunk) => {
        text += chunk;
        timer.refresh();
      });
      res.on('end', () => finish('clean'));
      res.on('error', () => finish('reset'));
    });
    const timer = setTimeout(() => finish('open'), waitMs);
    req.on('error', () => finish('reset'));
    req.end(JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Where is my order?' }] }));
  });
}
async function struck(rule: FaultRule, kind: 'ollama' | 'openai', stream = true): Promise<Seen> {
  server.setFaults([rule]);
  return ask(kind, stream, { waitMs: rule.fault.startsWith('hang') ? 300 : 10_000 });
}

describe('faults with a status', () => {
  it.each<[FaultRule, number, string, string]>([
    [
      { fault: 'status_500' },
      500,
      'model runner has unexpectedly stopped',
      'EngineCore encountered an issue',
    ],
    [{ fault: 'status_500', status: 504, message: 'late' }, 504, '{"error":"late"}', '"message":"late"'],
    [
      { fault: 'queue_full' },
      503,
      'server busy, please try again.  maximum pending requests exceeded',
      'engine is currently overloaded',
    ],
    [{ fault: 'out_of_memory' }, 500, 'cudaMalloc failed: out of memory', 'CUDA out of memory'],
    [
      { fault: 'rate_limited', retry_after_seconds: 7 },
      429,
      '{"error":"Rate limit',
      '"type":"RateLimitError"',
    ],
    [
      { fault: 'context_length', shape: 'vllm' },
      400,
      'maximum context length is 4096',
      'maximum context length is 4096',
    ],
    [
      { fault: 'context_length', shape: 'ollama' },
      400,
      'the prompt is longer than',
      'the prompt is longer than',
    ],
    [{ fault: 'html' }, 502, '502 Bad Gateway</title>', '502 Bad Gateway</title>'],
    [{ fault: 'html', status: 200 }, 200, '<html>', '<html>'],
  ])('%j', async (rule, status, ollama, openai) => {
    for (const [kind, words] of [
      ['ollama', ollama],
      ['openai', openai],
    ] as const) {
      const seen = await struck(rule, kind);
      expect(seen).toMatchObject({ status, end: 'clean', text: expect.stringContaining(words) });
      expect(seen.headers['content-type']).toMatch(
        rule.fault === 'html' ? /^text\/html/ : /^application\/json/,
      );
      if (rule.fault === 'rate_limited') expect(seen.headers['retry-after']).toBe('7');
    }
  });

  it.each<[FaultRule, number, object]>([
    [
      { fault: 'context_length' },
      400,
      {
        code: 400,
        type: 'exceed_context_size_error',
        n_prompt_tokens: 4390,
        n_ctx: 4096,
        message: 'request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it',
      },
    ],
    [
      { fault: 'context_length', shape: 'llama_500' },
      500,
      { code: 500, type: 'server_error', message: 'Context size has been exceeded.' },
    ],
  ])(
    "llama.cpp's %j stands in OpenAI's place plainly and in Ollama's as a text",
    async (rule, status, error) => {
      const plain = await struck(rule, 'openai');
      expect([plain.status, JSON.parse(plain.text)]).toEqual([status, { error }]);
      const wrapped = await struck(rule, 'ollama');
      expect([wrapped.status, JSON.parse(JSON.parse(wrapped.text).error)]).toEqual([status, { error }]);
      const unwrapped = await struck({ ...rule, plain: true } as FaultRule, 'ollama');
      expect(JSON.parse(unwrapped.text)).toEqual({ error });
    },
  );
});

describe.each(['ollama', 'openai'] as const)('faults on the socket of %s', (kind) => {
  const isMarked = (text: string) => /"done":true|\[DONE\]|"finish_reason":"/.test(text);
  const chunksOf = (text: string) => text.split(kind === 'ollama' ? '\n' : '\n\n').filter(Boolean).length;

  it.each([true, false])('reset_before, stream %s', async (stream) => {
    expect(await struck({ fault: 'reset_before' }, kind, stream)).toMatchObject({
      status: null,
      text: '',
      end: 'reset',
    });
    expect(server.requests.at(-1)).toMatchObject({
      fault: 'reset_before',
      closeReason: 'reset',
      bytesSent: 0,
    });
  });

  it('reset_mid after chunks, after bytes, and before the first', async () => {
    const chunks = await struck({ fault: 'reset_mid', after_chunks: 2 }, kind);
    expect(chunks).toMatchObject({ status: 200, end: 'reset' });
    expect(chunksOf(chunks.text)).toBe(2);
    const bytes = await struck({ fault: 'reset_mid', after_bytes: 33 }, kind);
    expect([bytes.text.length, bytes.end]).toEqual([33, 'reset']);
    expect(await struck({ fault: 'reset_mid', after_chunks: 0 }, kind)).toMatchObject({
      status: 200,
      text: '',
      end: 'reset',
    });
  });

  it('reset_mid of an answer in one piece sends half of it', async () => {
    const seen = await struck({ fault: 'reset_mid' }, kind, false);
    expect(seen).toMatchObject({ status: 200, end: 'reset' });
    expect(seen.text.length).toBe(Number(seen.headers['content-length']) >> 1);
  });

  it('hang and hang_mid', async () => {
    expect(await struck({ fault: 'hang' }, kind)).toMatchObject({ status: null, end: 'open' });
    const mid = await struck({ fault: 'hang_mid', after_chunks: 2 }, kind);
    expect(mid).toMatchObject({ status: 200, end: 'open' });
    expect(chunksOf(mid.text)).toBe(2);
    await expect.poll(() => server.requests.at(-1)?.closeReason).toBe('client_closed');
  });

  it('truncated ends cleanly without the end marker', async () => {
    const seen = await struck({ fault: 'truncated' }, kind);
    expect(seen).toMatchObject({ status: 200, end: 'clean' });
    expect(chunksOf(seen.text)).toBeGreaterThan(3);
    expect(isMarked(seen.text)).toBe(false);
    const short = await struck({ fault: 'truncated', after_chunks: 1 }, kind);
    expect(chunksOf(short.text)).toBe(1);
    const inOne = await struck({ fault: 'truncated' }, kind, false);
    expect(inOne).toMatchObject({ status: 200, end: 'clean' });
    expect(JSON.parse(inOne.text)).toMatchObject(
      kind === 'ollama' ? { done: false } : { choices: [{ finish_reason: null }] },
    );
  });

  it('error_frame, first or later, and in an answer in one piece', async () => {
    const first = await struck({ fault: 'error_frame', message: 'boom' }, kind);
    expect(first).toMatchObject({ status: 200, end: 'clean' });
    expect(first.text).toMatch(
      kind === 'ollama' ? /^\{"error":"boom"\}\n$/ : /^data: \{"error":\{"message":"boom".*\}\n\n$/,
    );
    const later = await struck({ fault: 'error_frame', after_chunks: 2 }, kind);
    expect(chunksOf(later.text)).toBe(3);
    expect(isMarked(later.text)).toBe(false);
    const inOne = await struck({ fault: 'error_frame' }, kind, false);
    expect([inOne.status, Object.keys(JSON.parse(inOne.text))]).toEqual([200, ['error']]);
  });

  it('trickle sends byte by byte', async () => {
    server.setFaults([{ fault: 'trickle', every_ms: 20 }]);
    const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] });
    const path = kind === 'ollama' ? '/api/chat' : '/v1/chat/completions';
    const response = await fetch(server.url + path, { method: 'POST', body });
    const reader = response.body?.getReader();
    const sizes = [await reader?.read(), await reader?.read(), await reader?.read()].map(
      (read) => read?.value?.length,
    );
    expect(sizes).toEqual([1, 1, 1]);
    await reader?.cancel();
  });
});

it("writes OpenAI's error frames in the ways that real servers have", async () => {
  const vllm = await struck({ fault: 'error_frame', style: 'vllm', message: 'x' }, 'openai');
  expect(vllm.text).toMatch(/^data: \{"error":\{.*\}\}\n\ndata: \[DONE\]\n\n$/);
  const field = await struck({ fault: 'error_frame', style: 'llama_field', message: 'x' }, 'openai');
  expect(field.text).toMatch(/^error: \{"message":"x".*"code":500\}\n\ndata: \[DONE\]\n\n$/);
});

describe('conditions', () => {
  it('cold_load delays the first answer of a load only, and holds those that come meanwhile', async () => {
    server.setFaults([{ fault: 'cold_load', model: 'm', seconds: 1 }]);
    const timed = async (model: string) => {
      const startMs = performance.now();
      await ask('ollama', true, { model });
      return performance.now() - startMs;
    };
    const [first, meanwhile, other] = await Promise.all([timed('m'), timed('m'), timed('other')]);
    expect(Math.min(first, meanwhile)).toBeGreaterThan(900);
    expect(other).toBeLessThan(800);
    expect(await timed('m')).toBeLessThan(800);
  });

  it('slow stretches the answer', async () => {
    const real = await startModelServer({
      port: 0,
      models: [{ name: 'm', firstTokenMs: 10, tokensPerSecond: 10_000 }],
      faults: [{ fault: 'slow', factor: 20 }],
    });
    const startMs = performance.now();
    const body = JSON.stringify({ model: 'm', stream: false, messages: [{ role: 'user', content: 'hi' }] });
    await (await fetch(`${real.url}/api/chat`, { method: 'POST', body })).text();
    expect(performance.now() - startMs).toBeGreaterThan(80);
    await real.close();
  });

  it('count and model', async () => {
    server.setFaults([{ fault: 'queue_full', model: 'm', count: 1 }]);
    const statuses = [
      await ask('ollama', false, { model: 'other' }),
      await ask('ollama', false),
      await ask('ollama', false),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 503, 200]);
  });
});

describe('/sim/faults', () => {
  const control = async (method: string, body?: string) => {
    const response = await fetch(`${server.url}/sim/faults`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, json: JSON.parse(await response.text()) };
  };

  it('sets, shows and clears', async () => {
    const faults = [{ fault: 'hang', model: 'm' }];
    expect(await control('POST', JSON.stringify({ faults }))).toEqual({ status: 200, json: { faults } });
    expect(await control('GET')).toEqual({ status: 200, json: { faults } });
    expect(await control('DELETE')).toEqual({ status: 200, json: { faults: [] } });
    expect((await ask('ollama', false)).status).toBe(200);
  });

  it('refuses a bad rule and keeps the ones in force', async () => {
    await control('POST', '[{"fault":"queue_full"}]');
    const refused = await control('POST', '[{"fault":"queue_full","rate":7}]');
    expect(refused).toEqual({
      status: 400,
      json: { error: 'faults[0].rate: must be a number from 0 to 1, not 7' },
    });
    expect((await control('POST', 'x')).status).toBe(400);
    expect((await control('GET')).json.faults).toHaveLength(1);
  });
});
