import type { BreakerAnswer } from '../../contract/breaker.ts';
import { notFound } from '../../contract/fault.ts';
import type { BreakerAction } from '../../ports/breakers.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { noteOf, savedOf } from './keep.ts';
import { answerBreaker } from './show.ts';

export interface ForceBreaker {
  readonly id: string;
  readonly action: BreakerAction;
}

/** Opens, closes or resets a breaker by hand. It is in force before it is written down: a full disk must not stop it. */
export async function forceBreaker(
  core: ControlCore,
  caller: Caller,
  { id, action }: ForceBreaker,
): Promise<BreakerAnswer> {
  const report = core.breakers().force(id, action);
  if (report === null) throw notFound('model', id);
  const [change] = report.history;
  return core.door.change(caller, {
    action: `breakers.${action}`,
    resource: `breakers/${id}`,
    plan: () => ({ breakers: [savedOf(report)] }),
    ...(change && { noted: noteOf(change) }),
    answer() {
      const answer = answerBreaker(core, report);
      if (answer === null) throw notFound('model', id);
      return answer;
    },
  });
}
