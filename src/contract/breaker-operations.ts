import { BreakerAnswer, BreakerPage } from './breaker.ts';
import { PAGE, strict } from './fields.ts';

const force = { method: 'POST', role: 'operator', answer: BreakerAnswer } as const;

/** The part of the admin API that shows and switches circuit breakers. `{id}` is that of the model. */
export const BREAKER_OPERATIONS = {
  'breakers.list': {
    method: 'GET',
    path: '/breakers',
    role: 'viewer',
    summary: "Every model's breaker: state, arithmetic, countdown, probes, history",
    query: strict(PAGE),
    answer: BreakerPage,
  },
  'breakers.open': {
    ...force,
    path: '/breakers/{id}/open',
    summary: 'Cut a model off until somebody closes or resets its breaker',
  },
  'breakers.close': {
    ...force,
    path: '/breakers/{id}/close',
    summary: 'Let a model serve at once; its breaker counts anew',
  },
  'breakers.reset': {
    ...force,
    path: '/breakers/{id}/reset',
    summary: 'As close, and earlier openings are forgotten',
  },
} as const;
