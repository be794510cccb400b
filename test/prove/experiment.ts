import { Agent } from 'node:http';
import { converse, REFUND_INTENT, type Truth } from '../../sim/known-truth.ts';
import { createRng } from '../../sim/rng.ts';
import type { ExperimentReport } from '../../src/contract/experiment-report.ts';
import { armOf } from '../../src/domain/experiment.ts';
import { crowd } from '../support/crowd.ts';
import { INPUT } from '../support/experiment-reports.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface ExperimentScale {
  /** Users of each arm. */
  readonly users: number;
  readonly control: Truth;
  readonly treatment: Truth;
  /** Equal pairs that must show nothing, and the users of each of their arms. */
  readonly equalPairs: number;
  readonly equalUsers: number;
}

const WIDTH = 16;
const ARMS = [
  { name: 'control', model_id: STABLE, share: 20 },
  { name: 'treatment', model_id: CANDIDATE, share: 20 },
];
const ROUTE = 'support';

/** Simulated users talk through real sockets; what is true of the two models is known, and the report must find it. */
export async function proveExperiment(scale: ExperimentScale): Promise<Figure[]> {
  const world = await startWorld({ shares: [{ model: STABLE, weight: 100 }], sim: SIM });
  try {
    await world.sluice.admin.must('PUT', '/intents', { intents: [REFUND_INTENT] });
    const { users, control, treatment } = scale;
    const better = await runExperiment(world, {
      id: 'better',
      users: [users, users],
      truths: [control, treatment],
    });
    const equal: ExperimentReport[] = [];
    for (let pair = 0; pair < scale.equalPairs; pair += 1) {
      const { equalUsers } = scale;
      const plan = { id: `equal-${pair}`, users: [equalUsers, equalUsers], truths: [control, control] };
      equal.push(await runExperiment(world, plan));
    }
    // Something takes users out of one arm: 45 % against 55 %.
    const faulty = { id: 'faulty', users: [900, 1_100], truths: null };
    const invalid = await runExperiment(world, faulty);
    const [found, none] = [better.metrics, equal.flatMap(({ metrics }) => metrics)];
    const verdictOf = (metric: string) => found.find((one) => one.metric === metric)?.verdict;
    return [
      ...['task_completion', 'follow_up_rate', 'session_depth'].map((metric) =>
        atLeast(`${metric} found better`, Number(verdictOf(metric) === 'better'), 1),
      ),
      atLeast('decided to ship', Number(better.decision.action === 'ship'), 1),
      atMost('figures away from what was drawn', farFrom(better, scale), 0),
      atMost(
        'equal models: differences shown',
        none.filter(({ verdict }) => verdict === 'better' || verdict === 'worse').length,
        0,
      ),
      atLeast('45/55: metrics that are called invalid', shareInvalid(invalid), 1),
      atMost('45/55: numbers shown', invalid.metrics.filter(({ numbers }) => numbers !== null).length, 0),
      atMost(
        'arms whose users were counted otherwise than they came',
        miscounted([better], users) + miscounted(equal, scale.equalUsers),
        0,
      ),
    ];
  } finally {
    await world.close();
  }
}

const SIM = {
  models: [
    { name: 'qwen2:7b', answerTokens: 4 },
    { name: 'qwen3:32b', answerTokens: 4 },
  ],
};
interface Plan {
  readonly id: string;
  /** By arm. */
  readonly users: readonly number[];
  /** Null: each user says one sentence, and nobody wants to know more. */
  readonly truths: readonly Truth[] | null;
}

async function runExperiment(world: World, plan: Plan): Promise<ExperimentReport> {
  const { id, users, truths } = plan;
  const { sluice } = world;
  const { admin } = sluice;
  await admin.must('POST', '/experiments', {
    id,
    salt: id,
    route_id: ROUTE,
    duration: '72h',
    expected_users: users.reduce((sum, count) => sum + count, 0),
    arms: ARMS,
    metrics: INPUT.metrics,
  });
  await admin.must('POST', `/experiments/${id}/start`);
  const people = peopleOf(plan);
  await (truths === null ? sayOne(world, people) : talk(world, people, { id, truths }));
  await caughtUp(sluice, id, people.length);
  const report = await admin.must('GET', `/experiments/${id}/report`);
  await admin.must('POST', `/experiments/${id}/stop`);
  return report as ExperimentReport;
}

function sayOne({ asker }: World, people: readonly string[]): Promise<void> {
  return crowd(people.length, WIDTH, async (index) => {
    const { status } = await asker.ask({ door: 'chat', userId: people[index] ?? '' });
    if (status !== 200) throw new Error(`${people[index]} was answered ${status}`);
  });
}

async function talk(
  { sluice: { url }, chatKey }: World,
  people: readonly string[],
  { id, truths }: { readonly id: string; readonly truths: readonly Truth[] },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: WIDTH });
  const truthOf = (model: string): Truth => {
    const truth = truths[ARMS.findIndex(({ model_id }) => model_id === model)];
    if (truth === undefined) throw new Error(`${model} is the model of no arm`);
    return truth;
  };
  await crowd(people.length, WIDTH, async (index) => {
    const userId = people[index] ?? '';
    const rng = createRng(id, userId);
    if (await converse({ agent, url, key: chatKey, route: ROUTE, userId, rng, truthOf })) return;
    throw new Error(`the conversation of ${userId} failed`);
  });
  agent.destroy();
}

/** So many ids of each arm, as they come. */
function peopleOf({ id, users }: Plan): string[] {
  const arms = ARMS.map(({ name, model_id, share }) => ({ name, modelId: model_id, steps: share * 100 }));
  const left = [...users];
  const people: string[] = [];
  for (let n = 0; left.some((count) => count > 0); n += 1) {
    const userId = `${id}-${n}`;
    const arm = arms.findIndex(({ name }) => name === armOf({ salt: id, arms }, userId)?.name);
    if ((left[arm] ?? 0) <= 0) continue;
    left[arm] = (left[arm] ?? 0) - 1;
    people.push(userId);
  }
  return people;
}

/** Waits until the index has all of them; it may be starting still, and verdicts are written after the answers. */
async function caughtUp({ admin }: World['sluice'], id: string, people: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { status, json } = await admin.call('GET', `/experiments/${id}/report`);
    const { arms, metrics } = json as Partial<ExperimentReport>;
    const seen = arms?.reduce((sum, { users }) => sum + users, 0);
    const depth = metrics?.find(({ metric }) => metric === 'session_depth');
    const isWhole = depth?.verdict === 'invalid' || (depth?.numbers?.users ?? 0) === people;
    if (status === 200 && seen === people && isWhole) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the index never had all users of ${id}`);
}

/** Figures of the arms further from the truth than five of their standard errors would be. */
function farFrom({ metrics }: ExperimentReport, { users, control, treatment }: ExperimentScale): number {
  const far = (value: number | undefined, truth: number, spread: number): boolean =>
    value === undefined || Math.abs(value - truth) > (5 * spread) / Math.sqrt(users);
  const numbersOf = (id: string) => metrics.find(({ metric }) => metric === id)?.numbers;
  const [completion, followUps, depth] = ['task_completion', 'follow_up_rate', 'session_depth'].map(
    numbersOf,
  );
  return [
    far(completion?.control, control.completed, 0.5),
    far(completion?.treatment, treatment.completed, 0.5),
    far(followUps?.control, control.followUps, 0.5),
    far(followUps?.treatment, treatment.followUps, 0.5),
    far(depth?.control, control.rounds, 2),
    far(depth?.treatment, treatment.rounds, 2),
  ].filter(Boolean).length;
}

function shareInvalid({ metrics }: ExperimentReport): number {
  return metrics.filter(({ verdict }) => verdict === 'invalid').length / metrics.length;
}

function miscounted(reports: readonly ExperimentReport[], users: number): number {
  return reports.flatMap(({ arms }) => arms.filter((arm) => arm.users !== users)).length;
}
