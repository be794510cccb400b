import { afterEach, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { modelOf } from '../../test/config-fixture.ts';
import { type ModelWatch, watchModels } from './model-watch.ts';

let sim: SimServer | undefined;
let watch: ModelWatch | undefined;
afterEach(async () => {
  watch?.close();
  await sim?.close();
});

it('warns of models that compute on the CPU or remember little, and of no others', async () => {
  sim = await startModelServer({
    port: 0,
    models: [
      { name: 'slow:7b', sizeVram: 0, contextLength: 4_096, loaded: true },
      { name: 'good:7b', contextLength: 32_768, loaded: true },
    ],
  });
  const of = (id: string, upstreamModel: string) => ({
    ...modelOf(id),
    baseUrl: sim?.url ?? '',
    upstreamModel,
  });
  const models = [of('slow', 'slow:7b'), of('good', 'good:7b'), { ...of('off', 'slow:7b'), enabled: false }];
  const openai = { ...of('openai', 'slow:7b'), protocol: 'openai' as const };
  watch = watchModels({ models: () => [...models, openai], firstAfterMs: 0 });
  await expect.poll(() => watch?.warnings().length).toBe(2);
  expect(watch.warnings()).toEqual([
    expect.objectContaining({
      warning: 'model_on_cpu',
      model_id: 'slow',
      message_zh: expect.stringContaining('CPU 上'),
    }),
    expect.objectContaining({
      warning: 'context_small',
      model_id: 'slow',
      message_zh: expect.stringMatching(/^上下文为 \d+ token，少于 8192；会话更长时/),
      advice: 'sluice models set slow --option num_ctx=8192',
    }),
  ]);
});

it('says nothing where nobody answers', async () => {
  let asked = 0;
  const models = () => {
    asked += 1;
    return [{ ...modelOf('gone'), baseUrl: 'http://127.0.0.1:1' }];
  };
  watch = watchModels({ models, firstAfterMs: 0 });
  await expect.poll(() => asked).toBe(1);
  expect(watch.warnings()).toEqual([]);
});
