import { DOORS } from '../support/asker.ts';
import { keepBusy } from '../support/crowd.ts';
import { CANDIDATE, STABLE, startWorld } from '../support/world.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface DisableScale {
  readonly rounds: number;
  /** Which share of the times must keep the limit: a busy machine may hold up one of a few, not one of a thousand. */
  readonly share: number;
}

const LOAD_WIDTH = 4;
/** Falls to the candidate at 80/20. */
const USER = 'uid_123456';

/** A route is disabled under load; the first answer to a request made after the call returned must be stable's. */
export async function proveDisable({ rounds, share }: DisableScale): Promise<Figure[]> {
  const world = await startWorld({ sim: { recordLimit: 1, recordBodies: false } });
  const inForceMs: number[] = [];
  let late = 0;
  let notBack = 0;
  let failed = 0;
  // Set while the route is known to be off: a request that is sent and answered within one such time meets stable.
  let offInRound: number | null = null;
  const load = keepBusy(LOAD_WIDTH, async (index) => {
    const sentInRound = offInRound;
    const reply = await world.asker.ask({ door: DOORS[index % DOORS.length] ?? 'chat', userId: USER });
    if (reply.status !== 200) failed += 1;
    else if (sentInRound !== null && sentInRound === offInRound && reply.headers['x-model-used'] !== STABLE)
      late += 1;
  });
  try {
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await world.sluice.admin.must('POST', '/routes/support/disable');
      offInRound = round;
      const reply = await world.asker.ask({ door: 'chat', userId: USER });
      inForceMs.push(performance.now() - began);
      if (reply.headers['x-model-used'] !== STABLE || reply.headers['x-sluice-reason'] !== 'route_disabled')
        late += 1;
      offInRound = null;
      await world.sluice.admin.must('POST', '/routes/support/enable');
      const back = await world.asker.ask({ door: 'chat', userId: USER });
      if (back.headers['x-model-used'] !== CANDIDATE) notBack += 1;
    }
  } finally {
    await load.stop();
    await world.close();
  }
  return [
    atLeast('disables under load', inForceMs.length, rounds),
    atMost('failed requests', failed, 0),
    atMost('answers of the candidate after a disable was answered', late, 0),
    atMost('enables that did not bring the rules back', notBack, 0),
    atMost(
      `from the call to the first answer by stable, p${share * 100}`,
      percentile(inForceMs, share),
      50,
      'ms',
    ),
  ];
}
