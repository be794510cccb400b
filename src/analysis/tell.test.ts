import { describe, expect, it } from 'vitest';
import { ROW } from '../../test/support/fake-event-store.ts';
import type { RequestRow } from '../ports/event-store.ts';
import { tellError } from './tell.ts';

const ALL = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const failed = {
  model_id: 'big',
  outcome: 'error',
  error_class: 'timeout_idle',
  upstream_status: 200,
  latency_ms: 5,
  ttft_ms: null,
} as const;
const last = { ...failed, model_id: 'small', outcome: 'ok', error_class: null } as const;
const SAVED: RequestRow = {
  ...ROW,
  status: 200,
  outcome: 'ok',
  error_class: null,
  error_message: null,
  model_id: 'small',
  attempts: [failed, last],
};
const LOST: RequestRow = {
  ...SAVED,
  outcome: 'error',
  error_class: 'upstream_5xx',
  attempts: [failed, { ...last, outcome: 'error', error_class: 'upstream_5xx' }],
};

describe('a failure', () => {
  it.each([
    ['made good by a fallback', SAVED, {}, ['big', 'timeout_idle', 'small']],
    ['of a request that no fallback could save', LOST, {}, ['small', 'upstream_5xx', null]],
    [
      'of its first attempt, when asked for that model',
      LOST,
      { modelId: 'big' },
      ['big', 'timeout_idle', null],
    ],
    [
      'of its first attempt, when asked for that class',
      LOST,
      { errorClasses: ['timeout_idle'] },
      ['big', 'timeout_idle', null],
    ],
    ['without an attempt', { ...ROW, attempts: [] }, {}, ['b', 'upstream_5xx', null]],
  ])('%s', (_case, row, filter, expected) => {
    const told = tellError(row, { role: 'admin', filter: { ...ALL, ...filter } });
    expect([told.model_id, told.error_class, told.saved_by]).toEqual(expected);
  });
});
