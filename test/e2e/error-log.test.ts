import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STABLE, startWorld, type World } from '../support/world.ts';

const MODEL_KEY = 'my-own-vllm-key';
const PROMPT = 'the diary of Anne';

let broken: Server;
let world: World;
beforeAll(async () => {
  // A model server that tells everybody what it was told: the text, and the key.
  broken = createServer((req, res) => {
    const error = `api_key: ${req.headers.authorization}; error parsing tool call: raw='${PROMPT}', err=eof`;
    req.resume().on('end', () => res.writeHead(500).end(JSON.stringify({ error })));
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  const upstreamUrl = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  world = await startWorld({
    upstreamUrl,
    shares: [{ model: STABLE, weight: 100 }],
    model: { api_key: MODEL_KEY },
  });
});
afterAll(async () => {
  await world.close();
  broken.close();
});

describe('logs/error.log', () => {
  it('has one line for a failed request, found by its id, without key, text or user', async () => {
    const answer = await world.asker.ask({ door: 'openai', userId: 'anne-f', content: PROMPT });
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain(MODEL_KEY);
    const requestId = String(answer.headers['x-request-id']);
    const text = readFileSync(join(world.sluice.dataDir, 'logs', 'error.log'), 'utf8');
    const lines = text.split('\n').filter((line) => line.includes(requestId));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 50,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        request_id: requestId,
        model_id: STABLE,
        error_class: 'upstream_5xx',
        message: expect.stringContaining(`model "${STABLE}"`),
      },
    ]);
    for (const secret of [MODEL_KEY, PROMPT, 'anne-f', world.chatKey]) expect(text).not.toContain(secret);
  });
});
