import { describe, expect, it } from 'vitest';
import { modelOf, routeOf, SETTINGS } from '../../../test/config-fixture.ts';
import type { FeedbackRecord, RequestRecord } from '../../contract/event.ts';
import { compileSnapshot } from '../../domain/snapshot.ts';
import type { BreakerReport } from '../../ports/breakers.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { METRICS } from './definitions.ts';
import { createExposition } from './exposition.ts';
import { meteredEvents } from './metered-events.ts';
import type { MetricSources } from './metric-definition.ts';
import { createTraffic, OTHER, type Traffic } from './traffic.ts';

const GOOD = {
  model_id: 'stable',
  assigned_model_id: 'stable',
  route_id: 'support',
  fallback: null,
  outcome: 'ok',
  error_class: null,
  user_id: 'uid_secret',
  session_id: 'ses_secret',
  queued_ms: 2,
  prompt_tokens: 30,
  completion_tokens: 45,
  attempts: [
    {
      model_id: 'stable',
      outcome: 'ok',
      error_class: null,
      upstream_status: 200,
      latency_ms: 1500,
      ttft_ms: 250,
    },
  ],
} as unknown as RequestRecord;
const FALLEN_BACK = {
  ...GOOD,
  assigned_model_id: 'candidate',
  fallback: 'error',
  attempts: [
    {
      ...GOOD.attempts[0],
      model_id: 'candidate',
      outcome: 'error',
      error_class: 'out_of_memory',
      ttft_ms: null,
    },
    ...GOOD.attempts,
  ],
} as RequestRecord;
const REFUSED = {
  ...GOOD,
  model_id: null,
  assigned_model_id: null,
  route_id: null,
  outcome: 'refused',
  error_class: 'bad_request',
  queued_ms: null,
  prompt_tokens: null,
  completion_tokens: null,
  attempts: [],
} as RequestRecord;

const BREAKER: BreakerReport = {
  modelId: 'candidate',
  state: 'OPEN',
  epoch: 8,
  incident: 8,
  isHeld: false,
  openUntilMs: 0,
  trips: 1,
  history: [],
  requests: 10,
  failures: 3,
  consecutiveFailures: 0,
  probesPassed: 0,
  probesUnderWay: 0,
};

const sink = (appended: object[] = []): EventSink => ({
  append: (_kind, record) => void appended.push(record),
  whenWritten: (work) => work(),
  dropped: 3,
  droppedTexts: 2,
  unsyncedMs: 120,
  writable: false,
  close: async () => {},
});

function textOf(traffic: Traffic, more: Partial<MetricSources> = {}): Promise<string> {
  const models = [modelOf('stable'), modelOf('candidate')];
  const routes = [
    routeOf('support', [
      ['stable', 80],
      ['candidate', 20],
    ]),
  ];
  const snapshot = compileSnapshot(7, { models, routes, experiments: [], settings: SETTINGS, intents: [] });
  return createExposition({
    traffic,
    events: sink(),
    loop: { take: () => ({ p50: 0.001, p99: 0.002, max: 0.003 }), close: () => {} },
    version: '1.2.3',
    snapshot: () => snapshot,
    openCalls: () => 5,
    queueLengths: () => [['stable', 9]],
    derivation: () => ({ waiting: 6, dropped: 4 }),
    judging: () => ({
      calls: new Map([
        ['ok', 7],
        ['timeout_first_byte', 2],
      ]),
      verdicts: new Map([
        ['done', 5],
        ['no_answer', 1],
      ]),
      skipped: new Map([['budget', 3]]),
      waiting: 8,
      budgetLeft: 91,
    }),
    breakers: () => [BREAKER],
    journalLag: async () => 0.01,
    indexState: async () => ({ requests: 8, lagBytes: 70, rebuilding: null }),
    ...more,
  }).text();
}

function trafficOf(...records: RequestRecord[]): Traffic {
  const traffic = createTraffic();
  for (const record of records) traffic.add(record);
  return traffic;
}

describe('/metrics', () => {
  it('tells requests, calls, tokens, fallbacks and assignments by model', async () => {
    const text = await textOf(trafficOf(GOOD, GOOD, FALLEN_BACK, REFUSED));
    for (const line of [
      'sluice_requests_total{model_id="stable",outcome="ok",error_class=""} 3',
      'sluice_requests_total{model_id="",outcome="refused",error_class="bad_request"} 1',
      'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_request_model="stable"} 3',
      'gen_ai_client_operation_duration_seconds_bucket{le="1.28",gen_ai_operation_name="chat",gen_ai_request_model="stable"} 0',
      'gen_ai_client_operation_duration_seconds_bucket{le="2.56",gen_ai_operation_name="chat",gen_ai_request_model="stable"} 3',
      'gen_ai_client_operation_duration_seconds_sum{gen_ai_operation_name="chat",gen_ai_request_model="stable"} 4.5',
      'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_request_model="candidate",error_type="out_of_memory"} 1',
      'gen_ai_server_time_to_first_token_seconds_bucket{le="0.25",gen_ai_operation_name="chat",gen_ai_request_model="stable"} 3',
      'gen_ai_client_token_usage_sum{gen_ai_operation_name="chat",gen_ai_request_model="stable",gen_ai_token_type="output"} 135',
      'sluice_fallbacks_total{model_id="candidate",reason="error"} 1',
      'sluice_assignments_total{route_id="support",model_id="candidate"} 1',
      'sluice_queue_wait_seconds_bucket{le="0.01",model_id="stable"} 3',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('tells the state of the process, the journal and the configuration', async () => {
    const text = await textOf(createTraffic());
    for (const line of [
      'sluice_open_calls 5',
      'sluice_queue_length{model_id="stable"} 9',
      'sluice_route_share{route_id="support",model_id="stable"} 0.8',
      'sluice_route_share{route_id="support",model_id="candidate"} 0.2',
      'sluice_config_version 7',
      'sluice_journal_dropped_total 3',
      'sluice_derivation_waiting 6',
      'sluice_derivation_dropped_total 4',
      'sluice_judge_calls_total{outcome="ok"} 7',
      'sluice_judge_calls_total{outcome="timeout_first_byte"} 2',
      'sluice_judge_verdicts_total{reason="done"} 5',
      'sluice_judge_verdicts_total{reason="no_answer"} 1',
      'sluice_judge_skipped_total{reason="budget"} 3',
      'sluice_judge_waiting 8',
      'sluice_judge_budget_left 91',
      'sluice_journal_writable 0',
      'sluice_journal_lag_seconds 0.01',
      'sluice_journal_dropped_texts_total 2',
      'sluice_journal_unsynced_seconds 0.12',
      'sluice_index_ready 1',
      'sluice_index_lag_bytes 70',
      'sluice_event_loop_delay_seconds{quantile="0.99"} 0.002',
      `sluice_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
      'sluice_breaker_state{model_id="candidate",state="OPEN"} 1',
      'sluice_breaker_state{model_id="candidate",state="CLOSED"} 0',
      'sluice_breaker_window_requests{model_id="candidate",result="error"} 3',
      'sluice_breaker_window_requests{model_id="candidate",result="ok"} 7',
      'sluice_breaker_changes_total{model_id="candidate"} 7',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('tells no lag of an index that cannot tell it', async () => {
    const text = await textOf(createTraffic(), { indexState: async () => null });
    expect(text).toContain('\nsluice_index_ready 0\n');
    expect(text).not.toMatch(/^sluice_index_lag_bytes /m);
  });

  it('gives all to stable where the route is disabled', async () => {
    const models = [modelOf('a'), modelOf('b')];
    const routes = [
      routeOf(
        'r',
        [
          ['a', 1],
          ['b', 99],
        ],
        { enabled: false },
      ),
    ];
    const snapshot = compileSnapshot(1, { models, routes, experiments: [], settings: SETTINGS, intents: [] });
    const text = await textOf(createTraffic(), { snapshot: () => snapshot });
    expect(text).toContain('sluice_route_share{route_id="r",model_id="a"} 1\n');
    expect(text).not.toContain('model_id="b"');
  });

  it('names each metric once, with its type, as Prometheus spells names', async () => {
    const text = await textOf(trafficOf(GOOD));
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
    for (const { name, type } of METRICS) {
      expect(name).toMatch(/^(sluice|gen_ai|process)_[a-z_]+$/);
      if (type === 'counter') expect(name).toMatch(/_total$/);
      expect(text).toContain(`# TYPE ${name} ${type}\n`);
    }
  });

  it('never names a user or a session, and keeps the models apart only up to a limit', async () => {
    const traffic = createTraffic();
    for (let n = 0; n < 2_000; n += 1) {
      const id = `model-${n}`;
      traffic.add({ ...GOOD, model_id: id, assigned_model_id: id, route_id: `route-${n}`, attempts: [] });
    }
    expect(traffic.models.size).toBeLessThanOrEqual(201);
    expect(traffic.routes.size).toBeLessThanOrEqual(201);
    expect(traffic.models.get(OTHER)?.requests.get('ok')).toBe(1_800);
    expect(await textOf(traffic)).not.toContain('secret');
  });
});

describe('meteredEvents', () => {
  it('counts requests alone, and is otherwise the sink behind it', () => {
    const appended: object[] = [];
    const traffic = createTraffic();
    const behind = sink(appended);
    const events = meteredEvents(behind, traffic);
    events.append('request', GOOD);
    const feedback = { rating: 1 } as FeedbackRecord;
    events.append('feedback', feedback);
    expect(appended).toEqual([GOOD, feedback]);
    expect(traffic.models.get('stable')?.requests.get('ok')).toBe(1);
    expect(traffic.models.size).toBe(1);
    expect([events.dropped, events.writable]).toEqual([3, false]);
  });
});
