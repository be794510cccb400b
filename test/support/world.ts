import { type SimServer, type SimServerOptions, startModelServer } from '../../sim/model-server.ts';
import type { ServerOptions } from '../../src/app/server.ts';
import { type Asker, createAsker } from './asker.ts';
import type { Share } from './golden-rule.ts';
import { startSluice, type TestSluice } from './sluice.ts';

export type UpstreamKind = 'ollama' | 'openai';

export const STABLE = 'qwen2-7b-stable';
export const CANDIDATE = 'qwen3-32b-prod';
/** What the model server calls them. */
export const UPSTREAM_NAMES: Readonly<Record<string, string>> = {
  [STABLE]: 'qwen2:7b',
  [CANDIDATE]: 'qwen3:32b',
};
export const SPLIT_80_20: readonly Share[] = [
  { model: STABLE, weight: 80 },
  { model: CANDIDATE, weight: 20 },
];
export const SPLIT_50_50: readonly Share[] = [
  { model: STABLE, weight: 50 },
  { model: CANDIDATE, weight: 50 },
];

/** Model servers that cost a proof next to nothing: short answers at once, and nothing of them is kept. */
export const startQuickModels = (names = Object.values(UPSTREAM_NAMES)): Promise<SimServer> =>
  startModelServer({
    port: 0,
    models: names.map((name) => ({ name, answerTokens: 4 })),
    speed: Number.POSITIVE_INFINITY,
    recordLimit: 1,
    recordBodies: false,
  });

/** One simulated model server, one Sluice in front of it, two models, one default route. */
export interface World {
  readonly sluice: TestSluice;
  readonly sim: SimServer;
  /** A key with the role `chat`. */
  readonly chatKey: string;
  readonly asker: Asker;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly upstream?: UpstreamKind;
  readonly shares?: readonly Share[];
  /** Laid over both models. */
  readonly model?: Readonly<Record<string, unknown>>;
  /** Instead of the simulated server. */
  readonly upstreamUrl?: string;
  readonly sim?: Partial<SimServerOptions>;
  readonly server?: Partial<ServerOptions>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { upstream = 'ollama', shares = SPLIT_80_20 } = options;
  const sim = await startModelServer({
    port: 0,
    models: [{ name: 'qwen2:7b' }, { name: 'qwen3:32b' }],
    speed: Number.POSITIVE_INFINITY,
    ...options.sim,
  });
  const sluice = await startSluice(options.server);
  const base = options.upstreamUrl ?? sim.url;
  for (const [id, name] of Object.entries(UPSTREAM_NAMES)) {
    await sluice.admin.must('POST', '/models', {
      ...modelInput({ id, upstream, url: base, name }),
      ...options.model,
    });
  }
  await sluice.admin.must('POST', '/routes', { id: 'support', default: true, rules: rulesOf(shares) });
  const { key } = await sluice.admin.must('POST', '/keys', { name: 'tests', role: 'chat' });
  const chatKey = String(key);
  const asker = createAsker(sluice.url, chatKey);
  return {
    sluice,
    sim,
    chatKey,
    asker,
    async close() {
      await asker.close();
      await sluice.close();
      await sim.close();
    },
  };
}

export interface ModelSketch {
  readonly id: string;
  readonly upstream: UpstreamKind;
  /** Address of the model server, without `/v1`. */
  readonly url: string;
  readonly name: string;
}

/** A model as the admin API takes it. */
export function modelInput({ id, upstream, url, name }: ModelSketch): Record<string, unknown> {
  return {
    id,
    protocol: upstream,
    base_url: upstream === 'openai' ? `${url}/v1` : url,
    upstream_model: name,
  };
}

export function rulesOf(shares: readonly Share[]): Record<string, unknown>[] {
  return shares.map(({ model, weight }) => ({ model_id: model, weight }));
}
