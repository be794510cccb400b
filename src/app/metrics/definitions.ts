import { FIRST_EPOCH } from '../../domain/breaker.ts';
import type { BreakerState } from '../../domain/breaker-change.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Labels, MetricDefinition, MetricSources, Sample } from './metric-definition.ts';
import type { ModelTraffic } from './traffic.ts';

const BREAKER_STATES: readonly BreakerState[] = ['CLOSED', 'OPEN', 'HALF_OPEN'];

const CHAT = { gen_ai_operation_name: 'chat' };

/** Everything that `/metrics` tells. Labels are ids of models and routes and closed lists, never users or sessions. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'gen_ai_client_operation_duration_seconds',
    help: 'Seconds of each call to a model, from sending to the last byte or the failure.',
    type: 'histogram',
    read: (from) =>
      perModel(from, ({ calls }, id) =>
        [...calls].map(([errorClass, seconds]) => [
          { ...CHAT, gen_ai_request_model: id, ...(errorClass === '' ? {} : { error_type: errorClass }) },
          seconds,
        ]),
      ),
  },
  {
    name: 'gen_ai_server_time_to_first_token_seconds',
    help: 'Seconds from sending a call to the first piece of content.',
    type: 'histogram',
    read: (from) =>
      perModel(from, ({ firstToken }, id) => [[{ ...CHAT, gen_ai_request_model: id }, firstToken]]),
  },
  {
    name: 'gen_ai_client_token_usage',
    help: 'Tokens of a request (input) and of its answer (output), where the model server tells them.',
    type: 'histogram',
    read: (from) =>
      perModel(from, ({ inputTokens, outputTokens }, id) => [
        [{ ...CHAT, gen_ai_request_model: id, gen_ai_token_type: 'input' }, inputTokens],
        [{ ...CHAT, gen_ai_request_model: id, gen_ai_token_type: 'output' }, outputTokens],
      ]),
  },
  {
    name: 'sluice_requests_total',
    help: 'Finished chat requests by the model that answered or failed last, outcome and error class.',
    type: 'counter',
    read: (from) =>
      perModel(from, ({ requests }, id) =>
        [...requests].map(([key, value]) => {
          const [outcome = '', errorClass = ''] = key.split(' ');
          return [{ model_id: id, outcome, error_class: errorClass }, value];
        }),
      ),
  },
  {
    name: 'sluice_assignments_total',
    help: 'Finished chat requests by route and the model that they were assigned to.',
    type: 'counter',
    read: ({ traffic }) =>
      [...traffic.routes].flatMap(([route, models]) =>
        [...models].map(([model, value]): Sample => [{ route_id: route, model_id: model }, value]),
      ),
  },
  {
    name: 'sluice_fallbacks_total',
    help: 'Requests assigned to a model that another one served, by the reason.',
    type: 'counter',
    read: (from) =>
      perModel(from, ({ fallbacks }, id) =>
        [...fallbacks].map(([reason, value]) => [{ model_id: id, reason }, value]),
      ),
  },
  {
    name: 'sluice_queue_wait_seconds',
    help: 'Seconds that requests waited for a place at a model.',
    type: 'histogram',
    read: (from) => perModel(from, ({ queueWait }, id) => [[{ model_id: id }, queueWait]]),
  },
  {
    name: 'sluice_open_calls',
    help: 'Requests that wait for a model, or for its answer, or whose answer is on its way.',
    type: 'gauge',
    read: ({ openCalls }) => one(openCalls()),
  },
  {
    name: 'sluice_queue_length',
    help: 'Requests that wait for a place at a model.',
    type: 'gauge',
    read: ({ queueLengths }) => queueLengths().map(([id, waiting]): Sample => [{ model_id: id }, waiting]),
  },
  {
    name: 'sluice_route_share',
    help: 'Share of the users that the rules of a route give to a model, 0 to 1. A disabled route gives all to stable.',
    type: 'gauge',
    read: ({ snapshot }) => snapshot().routes.flatMap(sharesOf),
  },
  {
    name: 'sluice_breaker_state',
    help: 'Circuit breaker of a model: 1 for the state that it is in, 0 for the others.',
    type: 'gauge',
    read: ({ breakers }) =>
      breakers().flatMap(({ modelId, state }) =>
        BREAKER_STATES.map((one): Sample => [{ model_id: modelId, state: one }, one === state ? 1 : 0]),
      ),
  },
  {
    name: 'sluice_breaker_window_requests',
    help: 'Attempts in the window of a closed circuit breaker, failed and good ones.',
    type: 'gauge',
    read: ({ breakers }) =>
      breakers().flatMap(({ modelId, requests, failures }): Sample[] => [
        [{ model_id: modelId, result: 'error' }, failures],
        [{ model_id: modelId, result: 'ok' }, requests - failures],
      ]),
  },
  {
    name: 'sluice_breaker_changes_total',
    help: 'How often a circuit breaker has changed its state, over restarts too.',
    type: 'counter',
    read: ({ breakers }) =>
      breakers().map(({ modelId, epoch }): Sample => [{ model_id: modelId }, epoch - FIRST_EPOCH]),
  },
  {
    name: 'sluice_config_version',
    help: 'Number of the configuration version in force.',
    type: 'gauge',
    read: ({ snapshot }) => one(snapshot().version),
  },
  {
    name: 'sluice_journal_dropped_total',
    help: 'Records that could not be written to the journal.',
    type: 'counter',
    read: ({ events }) => one(events.dropped),
  },
  {
    name: 'sluice_journal_dropped_texts_total',
    help: 'Records of what was said that could not be kept.',
    type: 'counter',
    read: ({ events }) => one(events.droppedTexts),
  },
  {
    name: 'sluice_derivation_waiting',
    help: 'Requests whose texts wait to be read for follow-ups and intents.',
    type: 'gauge',
    read: ({ derivation }) => one(derivation().waiting),
  },
  {
    name: 'sluice_derivation_dropped_total',
    help: 'Requests whose texts were not read for follow-ups and intents, because too many waited.',
    type: 'counter',
    read: ({ derivation }) => one(derivation().dropped),
  },
  {
    name: 'sluice_judge_calls_total',
    help: 'Calls of the judge model: ok, or the class of their error.',
    type: 'counter',
    read: ({ judging }) => [...judging().calls].map(([outcome, value]): Sample => [{ outcome }, value]),
  },
  {
    name: 'sluice_judge_verdicts_total',
    help: 'Answers that the judge model was asked about, by its reason, or how it failed (no_answer, no_verdict).',
    type: 'counter',
    read: ({ judging }) => [...judging().verdicts].map(([reason, value]): Sample => [{ reason }, value]),
  },
  {
    name: 'sluice_judge_skipped_total',
    help: 'Answers that the judge model was not asked about, by why (feedback, queue_full, budget, off, erased).',
    type: 'counter',
    read: ({ judging }) => [...judging().skipped].map(([reason, value]): Sample => [{ reason }, value]),
  },
  {
    name: 'sluice_judge_waiting',
    help: 'Answers that wait for the judge model.',
    type: 'gauge',
    read: ({ judging }) => one(judging().waiting),
  },
  {
    name: 'sluice_judge_budget_left',
    help: 'Calls of the judge model that may still be made today (UTC).',
    type: 'gauge',
    read: ({ judging }) => one(judging().budgetLeft),
  },
  {
    name: 'sluice_journal_writable',
    help: '1 while records reach the operating system, else 0.',
    type: 'gauge',
    read: ({ events }) => one(events.writable ? 1 : 0),
  },
  {
    name: 'sluice_journal_lag_seconds',
    help: 'Seconds that a record taken now waits until it is with the operating system.',
    type: 'gauge',
    read: async ({ journalLag }) => one(await journalLag()),
  },
  {
    name: 'sluice_journal_unsynced_seconds',
    help: 'Age of the oldest record that fdatasync has not yet brought to the disk; 0 when all are there.',
    type: 'gauge',
    read: ({ events }) => one(events.unsyncedMs / 1000),
  },
  {
    name: 'sluice_index_ready',
    help: '1 while the index of the journal answers, 0 while it starts or is made again.',
    type: 'gauge',
    read: async ({ indexState }) => one((await indexState())?.rebuilding === null ? 1 : 0),
  },
  {
    name: 'sluice_index_lag_bytes',
    help: 'Bytes of the journal that are not in the index yet; missing while the index starts.',
    type: 'gauge',
    read: async ({ indexState }) => {
      const state = await indexState();
      return state === null ? [] : one(state.lagBytes);
    },
  },
  {
    name: 'sluice_event_loop_delay_seconds',
    help: 'How late the event loop was since the last scrape, by quantile (1 is the worst).',
    type: 'gauge',
    read({ loop }) {
      const { p50, p99, max } = loop.take();
      return [
        [{ quantile: '0.5' }, p50],
        [{ quantile: '0.99' }, p99],
        [{ quantile: '1' }, max],
      ];
    },
  },
  {
    name: 'sluice_build_info',
    help: 'Always 1; the labels tell the versions.',
    type: 'gauge',
    read: ({ version }) => [[{ version, node: process.versions.node }, 1]],
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    type: 'gauge',
    read: () => one(process.memoryUsage.rss()),
  },
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    type: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1e6);
    },
  },
];

function one(value: number): readonly Sample[] {
  return [[{}, value]];
}

function perModel<V>(
  { traffic }: MetricSources,
  samplesOf: (model: ModelTraffic, id: string) => readonly (readonly [Labels, V])[],
): (readonly [Labels, V])[] {
  return [...traffic.models].flatMap(([id, model]) => samplesOf(model, id));
}

/** A model may stand in several rules of a route; in steps of 0.01 % until the last division, so that sums are exact. */
function sharesOf({ route, stable }: Snapshot['routes'][number]): Sample[] {
  const steps = new Map<string, number>([[stable.id, 0]]);
  for (const rule of route.rules) {
    const id = route.enabled ? rule.modelId : stable.id;
    steps.set(id, (steps.get(id) ?? 0) + rule.steps);
  }
  return [...steps].map(([id, share]) => [{ route_id: route.id, model_id: id }, share / 10_000]);
}
