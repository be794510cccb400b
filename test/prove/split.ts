import { DOORS, type Door } from '../support/asker.ts';
import { crowd } from '../support/crowd.ts';
import { goldenBucket, goldenModel } from '../support/golden-rule.ts';
import { SPLIT_80_20, startWorld, UPSTREAM_NAMES, type UpstreamKind } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface SplitScale {
  readonly users: number;
  /** Each user on each protocol, or the users spread over them. */
  readonly everyDoor: boolean;
}

const WIDTH = 32;

/**
 * Users are asked for by their ids, and three witnesses are compared with the golden rule: the header of the
 * answer, its bucket, and the name under which the model server was asked, found by the question's own text.
 */
export async function proveSplit({ users, everyDoor }: SplitScale): Promise<Figure[]> {
  const requests = everyDoor ? users * DOORS.length : users;
  let wrongModel = 0;
  let wrongBucket = 0;
  let failed = 0;
  const asked = new Map<string, string>();
  const kinds: readonly UpstreamKind[] = ['ollama', 'openai'];
  for (const upstream of kinds) {
    const world = await startWorld({
      upstream,
      model: { max_concurrent: WIDTH },
      sim: {
        models: Object.values(UPSTREAM_NAMES).map((name) => ({ name, answerTokens: 2 })),
        recordLimit: 4 * WIDTH,
        onClose: ({ body, model }) => {
          const text = /id=(\S+?)"/.exec(String(body))?.[1];
          if (text !== undefined && model !== null) asked.set(text, model);
        },
      },
    });
    try {
      const half = requests / kinds.length;
      const offset = upstream === 'ollama' ? 0 : half;
      await crowd(half, WIDTH, async (i) => {
        const index = offset + i;
        const userId = userAt(everyDoor ? Math.floor(index / DOORS.length) : index);
        const door: Door = DOORS[index % DOORS.length] ?? 'chat';
        const reply = await world.asker.ask({ door, userId, content: `id=${door}/${userId}` });
        if (reply.status !== 200) failed += 1;
        if (reply.headers['x-model-used'] !== goldenModel(userId, SPLIT_80_20)) wrongModel += 1;
        if (reply.headers['x-sluice-bucket'] !== String(goldenBucket(userId))) wrongBucket += 1;
      });
    } finally {
      await world.close();
    }
  }
  let wrongName = 0;
  for (const [text, model] of asked) {
    const userId = text.slice(text.indexOf('/') + 1);
    if (model !== UPSTREAM_NAMES[goldenModel(userId, SPLIT_80_20)]) wrongName += 1;
  }
  return [
    atLeast('requests on three protocols', requests, requests),
    atMost('requests that failed', failed, 0),
    atMost('X-Model-Used other than the golden rule', wrongModel, 0),
    atMost('X-Sluice-Bucket other than the golden rule', wrongBucket, 0),
    atLeast('questions seen by the model server', asked.size, requests),
    atMost('asked under a wrong upstream name', wrongName, 0),
  ];
}

/** Ids of the kinds that user tables hold. */
function userAt(index: number): string {
  switch (index % 4) {
    case 0:
      return `uid_${100_000 + index}`;
    case 1:
      return String(index);
    case 2:
      return `user-${index}@example.com`;
    default:
      return `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  }
}
