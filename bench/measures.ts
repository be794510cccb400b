import type { GatewayName } from './gateways/gateway.ts';

/** One line of the table. */
export interface Measure {
  readonly id: MeasureId;
  readonly label: string;
  readonly unit: 'µs' | '/s' | 'ms' | 'KiB' | '';
  readonly digits: number;
  readonly limits: readonly Limit[];
}

/** What Sluice promises of a measure; `against` makes it a ratio to that server in the same run. */
export interface Limit {
  readonly max: number;
  readonly against?: GatewayName;
  readonly text: string;
}

export type MeasureId =
  | `cpu_${'small' | 'large' | 'ollama' | 'steady' | 'sse_chunk' | 'ndjson_chunk'}`
  | `aside_${'small' | 'large' | 'ollama'}`
  | `${'per_second' | 'p50' | 'p99'}_${'small' | 'large' | 'ollama'}`
  | `${'p50' | 'p99' | 'p99_added'}_steady`
  | `reads_per_${'sse' | 'ndjson'}_chunk`
  | 'kib_per_stream'
  | 'ready';

const perNginx = (max: number): Limit => ({ max, against: 'nginx', text: `≤ ${max} × nginx` });
const perPortkey: Limit = { max: 1 / 8, against: 'portkey', text: '≤ 1/8 of Portkey' };
const atMost = (max: number, text: string): Limit => ({ max, text: `≤ ${text}` });

/** Table order. `steady` is the open loop at a fixed rate; the others run as fast as answers come. */
export const MEASURES: readonly Measure[] = [
  micros('cpu_small', 'CPU per request, 150 B', perNginx(4), perPortkey),
  micros('cpu_large', 'CPU per request, 50 KB', perNginx(4), perPortkey),
  micros('cpu_ollama', 'CPU per request, 150 B, Ollama', perNginx(4)),
  micros('aside_small', 'beside it, for the index, 150 B'),
  micros('aside_large', 'beside it, for the index, 50 KB'),
  micros('aside_ollama', 'beside it, for the index, 150 B, Ollama'),
  micros('cpu_sse_chunk', 'CPU per streamed chunk, SSE', perNginx(2.5)),
  micros('cpu_ndjson_chunk', 'CPU per streamed chunk, NDJSON', perNginx(2.5)),
  millis('p50_steady', 'p50 at 1,000 requests/s'),
  millis('p99_steady', 'p99 at 1,000 requests/s'),
  millis('p99_added_steady', 'p99 added at 1,000 requests/s', atMost(2, '2 ms')),
  micros('cpu_steady', 'CPU per request at 1,000 requests/s'),
  {
    id: 'kib_per_stream',
    label: 'memory per open stream',
    unit: 'KiB',
    digits: 1,
    limits: [atMost(100, '100 KiB')],
  },
  { id: 'ready', label: 'ready after start', unit: 'ms', digits: 0, limits: [atMost(1500, '1.5 s')] },
  rate('per_second_small', 'requests/s, 150 B'),
  rate('per_second_large', 'requests/s, 50 KB'),
  rate('per_second_ollama', 'requests/s, 150 B, Ollama'),
  millis('p50_small', 'p50 at full load, 150 B'),
  millis('p99_small', 'p99 at full load, 150 B'),
  millis('p50_large', 'p50 at full load, 50 KB'),
  millis('p99_large', 'p99 at full load, 50 KB'),
  millis('p50_ollama', 'p50 at full load, 150 B, Ollama'),
  millis('p99_ollama', 'p99 at full load, 150 B, Ollama'),
  { id: 'reads_per_sse_chunk', label: 'reads per SSE chunk', unit: '', digits: 2, limits: [] },
  { id: 'reads_per_ndjson_chunk', label: 'reads per NDJSON chunk', unit: '', digits: 2, limits: [] },
];

function micros(id: MeasureId, label: string, ...limits: Limit[]): Measure {
  return { id, label, unit: 'µs', digits: 1, limits };
}

function millis(id: MeasureId, label: string, ...limits: Limit[]): Measure {
  return { id, label, unit: 'ms', digits: 2, limits };
}

function rate(id: MeasureId, label: string): Measure {
  return { id, label, unit: '/s', digits: 0, limits: [] };
}
