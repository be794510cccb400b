import type { NewText } from '../../src/contract/frame.ts';
import { type SecondAnswers, startSecondAnswers } from '../../src/control/reviews/second-answers.ts';
import { IndexUnavailable, type SaidRow } from '../../src/ports/event-store.ts';
import type { Completion, TalkMessage } from '../../src/ports/model-client.ts';
import { addModels, openAdminRig, START_MS } from './admin-rig.ts';
import { fakeEventStore, ROW, SAID, SESSION } from './fake-event-store.ts';

export interface PairsScene {
  /** Answers of each model; one is from the conversation of each user. */
  readonly size?: number;
  readonly textOf?: (n: number) => Partial<SaidRow> | null;
  readonly answer?: (modelId: string, call: number) => Completion | Promise<Completion>;
  readonly keepsTexts?: boolean;
}

/** A control plane with a batch of models `a` and `b`, of which `a` answered what is even; texts are kept in a map. */
export async function openPairsRig({
  size = 2,
  textOf = () => ({}),
  answer,
  keepsTexts = true,
}: PairsScene = {}) {
  const clock = { nowMs: () => clock.at, monotonicMs: () => clock.at, at: START_MS };
  const rowsOf = (modelId: string) =>
    Array.from({ length: size }, (_, i) => 2 * i + (modelId === 'a' ? 0 : 1)).map((n) => ({
      ...ROW,
      ...{ request_id: `req_${n}`, session_instance: `ses_${n}`, user_id: `user ${n}`, model_id: modelId },
      ...({ outcome: 'ok', round: 2 } as const),
    }));
  const texts = new Map<string, NewText>();
  const world = { hasIndex: true, asked: [] as [string, readonly TalkMessage[]][], running: 0, most: 0 };
  const store = {
    ...fakeEventStore(),
    drawAnswers: async ({ modelId }: { modelId: string }) => ({
      ...{ answers: size, withText: size, drawn: rowsOf(modelId) },
    }),
    session: async (id: string) => {
      if (!world.hasIndex) throw new IndexUnavailable('the index is starting');
      const n = Number(id.slice(4));
      const row = [...rowsOf('a'), ...rowsOf('b')].find((one) => one.session_instance === id) ?? ROW;
      const first = { ...row, request_id: 'req_before', round: 1 };
      const text = textOf(n);
      const own = { ...SAID, request_id: `req_${n}`, answer: `first ${n}`, before: 2, ...text };
      const said = [{ ...SAID, request_id: 'req_before', answer: 'an earlier answer' }];
      return { session: SESSION, requests: [first, row], said: text === null ? said : [...said, own] };
    },
    said: async ({ requestId, timeMs }: { requestId: string; timeMs: number }) => {
      const text = texts.get(`${requestId}@${timeMs}`);
      return text === undefined
        ? null
        : { ...SAID, request_id: requestId, answer: text.answer, messages: [] };
    },
  };
  const rig = await openAdminRig({ clock, answers: () => store });
  await addModels(rig, 'a', 'b');
  const client = {
    async answer({ id }: { id: string }, talk: readonly TalkMessage[]) {
      const call = world.asked.push([id, talk]);
      world.running += 1;
      world.most = Math.max(world.most, world.running);
      await Promise.resolve();
      const said = await (answer?.(id, call) ?? { ok: true as const, text: `second of ${id}` });
      world.running -= 1;
      return said;
    },
  };
  const troubles: string[] = [];
  const start = (): SecondAnswers =>
    startSecondAnswers({
      core: rig.control.core(),
      client,
      events: {
        append: (_, record) => {
          const text = record as NewText;
          if (keepsTexts) texts.set(`${text.request_id}@${text.time_ms}`, text);
        },
        whenWritten: (work) => work(),
      },
      onTrouble: (message) => troubles.push(message),
    });
  let seconds = start();
  const made = await rig.call('POST', '/reviews', {
    ...{ id: 'r', mode: 'side_by_side', model_ids: ['a', 'b'], sample_size: size, ratings_per_item: 1 },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const get = async (path = '') => (await rig.call('GET', `/reviews/r${path}`)).body;
  const items = () => rig.control.core().door.state().reviews.get('r')?.document.items ?? [];
  const rate = async (mark: (left: string) => string) => {
    for (;;) {
      const { item } = await get('/next');
      if (item === null) return;
      const body = { marks: { preference: mark(item.answers.left) } };
      const { status } = await rig.call('POST', `/reviews/r/items/${item.id}`, body);
      if (status !== 200) throw new Error(`a rating was refused: ${status}`);
    }
  };
  return {
    ...{ admin: rig, clock, texts, world, troubles, get, items, rate },
    /** Second answers as far as they can be made now. */
    look: () => seconds.look(),
    stop: () => seconds.close(),
    restart: () => {
      seconds = start();
    },
    async close() {
      seconds.close();
      await rig.close();
    },
  };
}

export type PairsRig = Awaited<ReturnType<typeof openPairsRig>>;
