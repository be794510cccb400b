import type { BreakerChange } from '../../domain/breaker-change.ts';
import type { BreakerReport, SavedBreaker } from '../../ports/breakers.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';

const BREAKER: Caller = {
  principal: { credentialId: 'breaker', name: 'circuit breaker', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** Writes down what a breaker did by itself, with an audit entry; what was done by hand has been written already. */
export async function keepBreaker(
  { door, breakers }: Pick<ControlCore, 'door' | 'breakers'>,
  change: BreakerChange,
): Promise<void> {
  const report = breakers()
    .reports()
    .find(({ modelId }) => modelId === change.modelId);
  if (report === undefined || change.reason.startsWith('operator_')) return;
  await door.change(BREAKER, {
    action: 'breakers.changed',
    resource: `breakers/${change.modelId}`,
    plan: (state) => (state.models.has(change.modelId) ? { breakers: [savedOf(report)] } : {}),
    noted: noteOf(change),
    answer: () => undefined,
  });
}

/** What of a breaker is kept. */
export function savedOf(report: BreakerReport): SavedBreaker {
  const { modelId, state, epoch, incident, isHeld, openUntilMs, trips, history } = report;
  return { modelId, state, epoch, incident, isHeld, openUntilMs, trips, history };
}

/** What the audit tells of a change. */
export function noteOf({ from, to, reason, because }: BreakerChange): object {
  return { from, to, reason, because };
}
