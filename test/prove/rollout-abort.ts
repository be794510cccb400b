import { keepBusy } from '../support/crowd.ts';
import { CANDIDATE, STABLE, startWorld } from '../support/world.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface RolloutAbortScale {
  readonly rounds: number;
  /** Which share of the times must keep the limit: a busy machine may hold up one of a few, not one of a thousand. */
  readonly share: number;
}

const LOAD_WIDTH = 4;
/** In the last fifth of the positions. */
const USER = 'uid_123456';
/** Streams last some tens of milliseconds, so that aborts fall into them. */
const SIM_SPEED = 40;

/** A rollout is aborted under a load of streams: the next request of its users is stable's, and no stream is cut. */
export async function proveRolloutAbort({ rounds, share }: RolloutAbortScale): Promise<Figure[]> {
  const world = await startWorld({
    shares: [{ model: STABLE, weight: 100 }],
    sim: { recordLimit: 1, recordBodies: false, speed: SIM_SPEED },
  });
  const { admin } = world.sluice;
  const stages = [
    { weight: 20, hold: '1h' },
    { weight: 100, hold: '1h' },
  ];
  const rollout = { id: 'june', route_id: 'support', candidate_model_id: CANDIDATE, stages };
  const inForceMs: number[] = [];
  let [late, cut, onCandidate, notBack] = [0, 0, 0, 0];
  // Set while the rollout is known to be aborted.
  let offInRound: number | null = null;
  const load = keepBusy(LOAD_WIDTH, async () => {
    const sentInRound = offInRound;
    const reply = await world.asker.ask({ door: 'openai', stream: true, userId: USER });
    const model = reply.headers['x-model-used'];
    if (model === CANDIDATE) onCandidate += 1;
    if (reply.status !== 200 || !reply.text.includes('[DONE]')) cut += 1;
    if (sentInRound !== null && sentInRound === offInRound && model !== STABLE) late += 1;
  });
  try {
    await admin.must('POST', '/rollouts', rollout);
    await admin.must('POST', '/rollouts/june/start', { stage: 0, expected_version: 0 });
    for (let round = 0; round < rounds; round += 1) {
      const before = await world.asker.ask({ door: 'chat', userId: USER });
      if (before.headers['x-model-used'] !== CANDIDATE || before.headers['x-sluice-reason'] !== 'rollout')
        notBack += 1;
      const began = performance.now();
      const { version } = await admin.must('POST', '/rollouts/june/abort', { reason: 'proof' });
      inForceMs.push(performance.now() - began);
      offInRound = round;
      const reply = await world.asker.ask({ door: 'chat', userId: USER });
      if (reply.headers['x-model-used'] !== STABLE) late += 1;
      offInRound = null;
      await admin.must('POST', '/rollouts/june/retry', { stage: 0, expected_version: version });
    }
  } finally {
    await load.stop();
    await world.close();
  }
  return [
    atLeast('aborts under load', inForceMs.length, rounds),
    atLeast('streams of the candidate meanwhile', onCandidate, rounds),
    atMost('streams cut', cut, 0),
    atMost('answers of the candidate after an abort was answered', late, 0),
    atMost('retries that did not bring the same users back', notBack, 0),
    atMost(`from the abort to stable for everyone, p${share * 100}`, percentile(inForceMs, share), 50, 'ms'),
  ];
}
