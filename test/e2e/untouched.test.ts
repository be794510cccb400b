import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesOf, textOf } from '../support/asker.ts';
import { requestEvent } from '../support/journal-events.ts';
import { startWorld, type UpstreamKind, type World } from '../support/world.ts';

/** Odd white space, escapes, numbers that no double holds, extras of vLLM and llama.cpp, keys in an order of their own. */
const OPENAI_BODY = `
{ "temperature":0.70000, "model" : "qwen2:7b" ,
\t"messages":[ {"content":"h\\u00e9llo \\ud83d\\ude00 你好 \\/", "role":"user","vendor_extra":1e2}],
  "seed":12345678901234567890,"guided_json": {"zeta":[1.0,-0,1E5],"alpha":{"type":"object"}}, "n_probs":5,
  "user":"alice","stream":false,"logit_bias":{"50256":-100},"min_p":0.050,"cache_prompt":true , "":"empty key"}
`;
const OLLAMA_BODY = `
{"options":{"seed":12345678901234567890,"mirostat_tau":5.0,"zzz_unknown":[1.10]}, "keep_alive":"5m",
 "messages":[{"role":"user","content":"h\\u00e9llo 你好","made_up":null}],"model":"qwen2:7b","stream":false,
 "n_probs":5,"guided_json":{"b":1,"a":2},"think":false}`;

const CASES = [
  { upstream: 'openai', path: '/v1/chat/completions', body: OPENAI_BODY },
  { upstream: 'ollama', path: '/api/chat', body: OLLAMA_BODY },
  {
    upstream: 'ollama',
    path: '/api/generate',
    body: OLLAMA_BODY.replace(/"messages":\[.*\],/, '"prompt":"h\\u00e9llo","suffix":"",'),
  },
] as const satisfies { upstream: UpstreamKind; path: string; body: string }[];

describe.each(CASES)('$path over $upstream', ({ upstream, path, body }) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ upstream });
  });
  afterAll(() => world.close());

  const sent = (): string => String(world.sim.requests.at(-1)?.body);

  it('changes the value of model and not one other byte', async () => {
    const asked = await world.asker.post(path, body, { 'x-user-id': 'uid_123456' });
    expect(asked.status).toBe(200);
    expect(sent()).toBe(body.replace('"qwen2:7b"', '"qwen3:32b"'));
  });

  it('takes out its own fields and nothing else', async () => {
    const own = '"user_id":"uid_123456" , "session_id":"s1", "route":"support",';
    const asked = await world.asker.post(path, body.replace('{', `{${own}`));
    expect(asked.status).toBe(200);
    // White space around what was taken out may go with it; every value stays as it was written.
    const bare = (text: string): string => text.replaceAll(/\s/g, '');
    expect(bare(sent())).toBe(bare(body.replace('"qwen2:7b"', '"qwen3:32b"')));
    const named = await world.asker.post(path, body.replace(/\}\s*$/, ',"model_id":"qwen3-32b-prod"}'));
    expect(named.status).toBe(200);
    expect(bare(sent())).toBe(bare(body.replace('"qwen2:7b"', '"qwen3:32b"')));
  });

  it('hands on a whole answer byte for byte', async () => {
    const asked = await world.asker.post(path, body);
    const direct = await fetch(world.sim.url + path, { method: 'POST', body: sent() });
    // Ids and times are the model server's own for each request.
    const still = (text: string): string =>
      text.replace(/"(id|created_at)":"[^"]*"/g, '').replace(/"(created|\w+_duration)":\d+/g, '');
    expect(still(asked.text)).toBe(still(await direct.text()));
    expect(asked.headers['content-type']).toBe(direct.headers.get('content-type'));
  });
});

describe('options that the operator set', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      model: {
        options: { num_ctx: 8192, temperature: 0.1 },
        system_prompt: 'Be brief.',
        on_overflow: 'error',
      },
    });
  });
  afterAll(() => world.close());

  it('are merged: the model’s runner options win, the caller’s sampling wins, the rest stays as written', async () => {
    const body =
      '{"model":"m","messages":[{"role":"system","content":"Speak French."},{"role":"user","content":"hi"}],"stream":false,' +
      '"options":{"num_ctx":4096,"temperature":0.9,"seed":12345678901234567890}}';
    expect((await world.asker.post('/api/chat', body)).status).toBe(200);
    const sent = String(world.sim.requests.at(-1)?.body);
    expect(JSON.parse(sent)).toMatchObject({
      options: { num_ctx: 8192, temperature: 0.9 },
      truncate: false,
      shift: false,
    });
    expect(sent).toContain('"seed":12345678901234567890');
    const { messages } = JSON.parse(sent) as { messages: { role: string; content: string }[] };
    const systemText = messages
      .filter(({ role }) => role === 'system')
      .map(({ content }) => content)
      .join('\n');
    expect(systemText).toMatch(/Be brief\.[\s\S]*Speak French\./);
  });
});

describe('usage of a stream that only the operator wants', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ upstream: 'openai', model: { inject_usage: true } });
  });
  afterAll(() => world.close());

  it('is asked for, recorded, and kept from a client that did not ask', async () => {
    const [quiet, asking] = [
      await world.asker.ask({ door: 'openai', stream: true }),
      await world.asker.ask({
        door: 'openai',
        stream: true,
        more: { stream_options: { include_usage: true } },
      }),
    ];
    const sent = JSON.parse(String(world.sim.requests.at(-2)?.body));
    expect(sent.stream_options).toEqual({ include_usage: true });
    const tokens = [quiet, asking].map(
      ({ headers }) => requestEvent(world.sluice.dataDir, String(headers['x-request-id'])).completion_tokens,
    );
    expect(tokens[0]).toEqual(expect.any(Number));
    expect(tokens[1]).toBe(tokens[0]);
    const withUsage = (text: string) => framesOf('openai', text).filter(({ usage }) => usage);
    expect(withUsage(asking.text)).toHaveLength(1);
    expect(withUsage(quiet.text)).toHaveLength(0);
    expect(textOf('openai', quiet, true)).toBe(textOf('openai', asking, true));
    expect(quiet.text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});
