import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { type SimUsers, startUsers } from '../../../sim/users.ts';
import type { BreakerAnswer } from '../../contract/breaker.ts';
import type { RolloutAnswer } from '../../contract/rollout.ts';
import { type AdminClient, createAdminClient } from '../cli/admin-client.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type Comparison, startComparison } from './comparison.ts';
import { LOOK_MS, RELEASE_ID, startDemoRelease } from './release.ts';
import { createTally, type Tally } from './tally.ts';

/** `bad`: it fails now and then, so that its release is aborted. `ill`: no release; it fails, but only for a minute. */
export type CandidateHealth = 'good' | 'bad' | 'ill';

export interface PlaygroundOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** How many times faster than real time models answer and users think. */
  readonly speed: number;
  readonly candidate: CandidateHealth;
}

export interface Playground {
  readonly url: string;
  readonly adminKey: string;
  readonly tally: Tally;
  breakers(): Promise<BreakerAnswer[]>;
  /** What the experiment says now; null while nobody can tell. */
  decision(): Promise<string | null>;
  /** The release that is under way; null where there is none. */
  rollout(): Promise<RolloutAnswer | null>;
  /** Ends everything and removes what was written. */
  stop(): Promise<void>;
}

interface DemoModel {
  readonly id: string;
  readonly upstreamModel: string;
}

const [STABLE, CANDIDATE] = ['qwen2-7b-stable', 'qwen3-32b-prod'];
export const MODELS: readonly DemoModel[] = [
  { id: STABLE, upstreamModel: 'qwen2:7b' },
  { id: CANDIDATE, upstreamModel: 'qwen3:32b' },
];
export const ROUTE = 'support';
const USER_COUNT = 500;
/** At real time; so many that 5 % of the users say something within half a minute. */
const REQUESTS_PER_SECOND = 20;
const THINK_TIME_MS = 4000;
/** Beside all the rest on one machine a look may take a second. */
const MIN_LOOK_MS = 1_000;
/** Share of its answers that a bad candidate fails. */
const BAD_RATE = 0.2;
/** When an ill one falls ill, and for how long. */
const HEALTHY_MS = 60_000;
const ILL_MS = 60_000;
/** Users of one that falls ill. */
const ILL_PERCENT = 20;
/** How long its breaker stays open: short, so that it can be watched coming back. */
const OPEN_MS = 20_000;

/**
 * A whole installation in a temporary folder: two simulated model servers, the real gateway in front of them,
 * registered over its own API, simulated users who talk through it, and a release that begins at once. Throws StartError as
 * `startServer` does.
 */
export async function startPlayground({ port, speed, candidate }: PlaygroundOptions): Promise<Playground> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  const servers: SimServer[] = [];
  let gateway: RunningServer | null = null;
  let users: SimUsers | null = null;
  let comparison: Comparison | null = null;
  let illness: NodeJS.Timeout | undefined;
  const stop = async (): Promise<void> => {
    clearTimeout(illness);
    await users?.stop();
    await comparison?.stop();
    await gateway?.close();
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const { upstreamModel } of MODELS) {
      servers.push(await startModelServer({ port: 0, speed, models: [{ name: upstreamModel }] }));
    }
    gateway = await startServer({
      host: '127.0.0.1',
      port,
      // One level down, because the key that encrypts secrets is written beside the data folder.
      dataDir: join(folder, 'data'),
      configFile: null,
      allowedHosts: [],
      adminKey: null,
      secretKey: null,
      // A line on stderr would tear the live figures, which show failures anyway.
      logLevel: 'silent',
      rolloutTickMs: Math.max(MIN_LOOK_MS, LOOK_MS / speed),
    });
    const { url, adminKeyText: adminKey } = gateway;
    if (adminKey === null) throw new Error('a new data folder came without an admin key');
    const admin = createAdminClient({ url, key: adminKey, keySource: 'the demo' }, 'sluice');
    const candidatePercent = candidate === 'ill' ? ILL_PERCENT : 0;
    await register({ admin, servers, speed, candidatePercent });
    comparison = await startComparison({ admin, url, key: adminKey, speed });
    const { decision } = comparison;
    const tally = createTally(MODELS.map(({ id }) => id));
    users = startUsers({
      url,
      key: adminKey,
      count: USER_COUNT,
      ratePerSecond: REQUESTS_PER_SECOND * speed,
      thinkTimeMs: THINK_TIME_MS / speed,
      onAnswer: tally.add,
    });
    const ailing = servers.at(-1);
    if (candidate === 'bad') ailing?.setFaults([{ fault: 'status_500', rate: BAD_RATE }]);
    const fallIll = () => ailing?.setFaults([{ fault: 'status_500', for: ILL_MS / speed / 1_000 }]);
    if (candidate === 'ill') illness = setTimeout(fallIll, HEALTHY_MS / speed);
    const isReleased = candidate !== 'ill';
    if (isReleased) await startDemoRelease(admin, { routeId: ROUTE, candidateModelId: CANDIDATE, speed });
    const rollout = async () =>
      isReleased ? admin.call<RolloutAnswer>('GET', `/rollouts/${RELEASE_ID}`) : null;
    const breakers = () => admin.list<BreakerAnswer>('/breakers');
    return { url, adminKey, tally, breakers, decision, rollout, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Registered {
  readonly admin: AdminClient;
  readonly servers: readonly SimServer[];
  readonly speed: number;
  readonly candidatePercent: number;
}

/** As an operator would do it: models first, then the route that shares out the users. */
async function register({ admin, servers, speed, candidatePercent }: Registered): Promise<void> {
  const breaker = { open: `${Math.max(1, Math.round(OPEN_MS / speed / 1_000))}s` };
  for (const [index, { id, upstreamModel }] of MODELS.entries()) {
    const body = {
      id,
      protocol: 'ollama',
      base_url: servers[index]?.url,
      upstream_model: upstreamModel,
      breaker,
    };
    await admin.call('POST', '/models', { body });
  }
  const rules = [
    { model_id: STABLE, weight: 100 - candidatePercent, description: 'everyone else' },
    { model_id: CANDIDATE, weight: candidatePercent, description: 'who tries it' },
  ].filter(({ weight }) => weight > 0);
  const route = { id: ROUTE, name: 'Customer support', aliases: ['qwen2:7b'], default: true, rules };
  await admin.call('POST', '/routes', { body: route });
}
