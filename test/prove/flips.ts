import { startModelServer } from '../../sim/model-server.ts';
import { createAsker, DOORS, framesOf } from '../support/asker.ts';
import { keepBusy, type Load } from '../support/crowd.ts';
import { goldenModel, type Share } from '../support/golden-rule.ts';
import { startSluice } from '../support/sluice.ts';
import { modelInput, rulesOf } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface FlipScale {
  readonly flips: number;
}

/** Plain requests under way at any time, and streams that live through many flips. */
const REQUEST_WIDTH = 16;
const STREAM_WIDTH = 8;
const USERS = 500;

/** Two configurations that share not one model: `a` splits 80/20, `b` 30/70. */
const SIDES = ['a', 'b'] as const;
type Side = (typeof SIDES)[number];
const SHARES: Readonly<Record<Side, readonly Share[]>> = {
  a: [
    { model: 'stable-a', weight: 80 },
    { model: 'candidate-a', weight: 20 },
  ],
  b: [
    { model: 'stable-b', weight: 30 },
    { model: 'candidate-b', weight: 70 },
  ],
};
const upstreamName = (model: string): string => `${model}-upstream:7b`;

/**
 * The whole configuration is replaced again and again while requests and streams run. An answer is explained when
 * its version's side, and nothing else, gives its model by the golden rule, its upstream name and its body.
 */
export async function proveFlips({ flips }: FlipScale): Promise<Figure[]> {
  const models = SIDES.flatMap((side) =>
    SHARES[side].map(({ model }) => ({ name: upstreamName(model), answerTokens: 4 })),
  );
  const quick = await startModelServer({
    port: 0,
    models,
    speed: Number.POSITIVE_INFINITY,
    recordLimit: 1,
    recordBodies: false,
  });
  const slow = await startModelServer({
    port: 0,
    models: models.map(({ name }) => ({ name, firstTokenMs: 30, tokensPerSecond: 20, answerTokens: 6 })),
    recordLimit: 1,
    recordBodies: false,
  });
  const sluice = await startSluice();
  const { key } = await sluice.admin.must('POST', '/keys', { name: 'load', role: 'chat' });
  const asker = createAsker(sluice.url, String(key));
  const configOf = (side: Side) => ({
    models: SHARES[side].flatMap(({ model: id }) =>
      [quick, slow].map(({ url }, i) => ({
        ...modelInput({ id: i === 0 ? id : `slow-${id}`, upstream: 'ollama', url, name: upstreamName(id) }),
      })),
    ),
    routes: [
      { id: 'support', default: true, rules: rulesOf(SHARES[side]) },
      {
        id: 'slow',
        rules: rulesOf(SHARES[side].map(({ model, weight }) => ({ model: `slow-${model}`, weight }))),
      },
    ],
  });
  const sideOfVersion = new Map<number, Side>();
  const put = async (side: Side): Promise<void> => {
    const { config_version } = await sluice.admin.must('PUT', '/config', configOf(side));
    sideOfVersion.set(Number(config_version), side);
  };

  const seen: { version: number; userId: string; model: string; upstream: unknown; slow: boolean }[] = [];
  let failed = 0;
  const ask = (stream: boolean) => async (index: number) => {
    const userId = `uid_${index % USERS}`;
    const door = stream ? 'ollama' : (DOORS[index % DOORS.length] ?? 'chat');
    const more = stream ? { route: 'slow' } : {};
    const reply = await asker.ask({ door, userId, stream, more }).catch(() => null);
    const frames = reply && stream ? framesOf('ollama', reply.text) : [];
    const isWhole = !stream || frames.at(-1)?.done === true;
    if (reply?.status !== 200 || !isWhole) {
      failed += 1;
      return;
    }
    const body = stream ? frames[0] : JSON.parse(reply.text);
    seen.push({
      version: Number(reply.headers['x-sluice-config-version']),
      userId,
      model: String(reply.headers['x-model-used']),
      upstream: door === 'ollama' ? body?.model : undefined,
      slow: stream,
    });
  };

  let done = 0;
  let load: Load[] = [];
  try {
    await put('a');
    load = [keepBusy(REQUEST_WIDTH, ask(false)), keepBusy(STREAM_WIDTH, ask(true))];
    for (let flip = 1; flip <= flips; flip += 1) {
      await put(flip % 2 === 0 ? 'a' : 'b');
      done = flip;
    }
  } finally {
    await Promise.all(load.map((one) => one.stop()));
    await asker.close();
    await sluice.close();
    await quick.close();
    await slow.close();
  }
  const unexplained = seen.filter(({ version, userId, model, upstream, slow: isSlow }) => {
    const side = sideOfVersion.get(version);
    if (side === undefined) return true;
    const expected = goldenModel(userId, SHARES[side]);
    if (model !== (isSlow ? `slow-${expected}` : expected)) return true;
    return upstream !== undefined && upstream !== upstreamName(expected);
  });
  const versions = new Set(seen.map(({ version }) => version));
  return [
    atLeast('flips of the whole configuration', done, flips),
    atLeast('answers under load', seen.length, flips),
    atLeast('versions that answered', versions.size, Math.min(flips / 10, 1_000)),
    atMost('failed requests', failed, 0),
    atMost('answers not explained by their version', unexplained.length, 0),
  ];
}
