import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../system/clock.ts';
import { createServerLook } from './look-at-server.ts';

const look = createServerLook({ clock: systemClock, version: 'test' });
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serve(answers: Record<string, string>, seen: (string | undefined)[] = []): Promise<string> {
  const server = createServer((req, res) => {
    seen.push(req.headers.authorization);
    const body = answers[req.url ?? ''];
    res.writeHead(body === undefined ? 404 : 200).end(body);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a look at a server', () => {
  it('finds an Ollama and its models, also where /v1 was written', async () => {
    const url = await serve({ '/api/tags': '{"models":[{"name":"qwen2:7b"},{"name":"qwen3:32b"}]}' });
    const found = { baseUrl: url, protocol: 'ollama', models: ['qwen2:7b', 'qwen3:32b'], error: null };
    expect(await look({ baseUrl: url, apiKey: null })).toMatchObject(found);
    expect(await look({ baseUrl: `${url}/v1/`, apiKey: null })).toMatchObject(found);
  });

  it('finds a server of OpenAI’s API, and sends its key', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve({ '/v1/models': '{"data":[{"id":"Qwen/Qwen3-32B"}]}' }, seen);
    expect(await look({ baseUrl: url, apiKey: 'sk-1' })).toMatchObject({
      baseUrl: `${url}/v1`,
      protocol: 'openai',
      models: ['Qwen/Qwen3-32B'],
    });
    expect(new Set(seen)).toEqual(new Set(['Bearer sk-1']));
  });

  it.each([
    ['a page', '<html>', 'JSON'],
    ['something else', '{"ok":true}', 'no list of models'],
    ['null', 'null', 'no list of models'],
  ])('says what came instead: %s', async (_name, body, told) => {
    const url = await serve({ '/v1/models': body });
    const { protocol, error } = await look({ baseUrl: url, apiKey: null });
    expect([protocol, error]).toEqual([null, expect.stringContaining(told)]);
  });

  it('says that nobody is there', async () => {
    const { protocol, error } = await look({ baseUrl: 'http://127.0.0.1:9', apiKey: null });
    expect([protocol, error]).toEqual([null, expect.stringContaining('127.0.0.1:9')]);
  });
});
