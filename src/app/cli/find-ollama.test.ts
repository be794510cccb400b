import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startModelServer } from '../../../sim/model-server.ts';
import { findOllama } from './find-ollama.ts';

describe('findOllama', () => {
  it('names the models of an Ollama, and finds none where it has gone', async () => {
    const server = await startModelServer({ port: 0, models: [{ name: 'qwen2:7b' }, { name: 'qwen3:32b' }] });
    expect(await findOllama(server.url, 2000)).toEqual(['qwen2:7b', 'qwen3:32b']);
    await server.close();
    expect(await findOllama(server.url, 2000)).toBeNull();
  });

  it.each([
    ['a page', '<html>'],
    ['other JSON', '[1]'],
    ['a list of something else', '{"models":3}'],
    ['silence', null],
  ])('takes %s for no Ollama', async (_case, body) => {
    const stranger = createServer((_request, response) => {
      if (body !== null) response.end(body);
    });
    await new Promise<void>((resolve) => {
      stranger.listen(0, '127.0.0.1', resolve);
    });
    const address = stranger.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await findOllama(`http://127.0.0.1:${port}`, body === null ? 50 : 2000)).toBeNull();
    stranger.close().closeAllConnections();
  });
});
