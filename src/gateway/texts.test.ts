import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FailingRig, GOOD_STREAM, startFailingRig } from '../../test/support/failing-rig.ts';
import { OLLAMA_WHOLE, ollamaLine } from '../../test/support/frames.ts';

let failing: FailingRig;
beforeAll(async () => {
  failing = await startFailingRig();
});
afterAll(() => failing.close());

const textsOf = (): object[] =>
  failing.rig.frames.filter(({ kind }) => kind === 'text').map(({ record }) => record);

describe('what was said', () => {
  it.each([true, false])(
    'is kept beside the event where the model asks for it, streamed: %s',
    async (stream) => {
      failing.forget();
      failing.configure({ model: { capture: 'full' } });
      failing.play((res) => void res.end(stream ? GOOD_STREAM : OLLAMA_WHOLE));
      const { event } = await failing.ask(stream);
      expect(textsOf()).toEqual([
        {
          time_ms: event?.time_ms,
          request_id: event?.request_id,
          user_id: 'alice',
          session_instance: event?.session_instance,
          messages: [{ role: 'user', content: 'hi' }],
          answer: stream ? 'good' : expect.stringMatching(/./),
          thinking: null,
          is_cut: false,
          before: 0,
        },
      ]);
    },
  );

  it('is kept of an answer that broke', async () => {
    failing.forget();
    failing.configure({ model: { capture: 'full' } });
    failing.play((res) => void res.end(ollamaLine('half')));
    const { event } = await failing.ask(true);
    expect([event?.error_class, textsOf()]).toMatchObject(['truncated', [{ answer: 'half' }]]);
  });

  it.each(['derived', 'off'] as const)('is not kept with capture: %s', async (capture) => {
    failing.forget();
    failing.configure({ model: { capture } });
    failing.play((res) => void res.end(GOOD_STREAM));
    const { event } = await failing.ask(true);
    expect([event?.outcome, textsOf()]).toEqual(['ok', []]);
  });
});
