import type { Item } from '../../contract/review.ts';
import { type Repeat, repeatOf } from '../../domain/review/repeat.ts';
import type { SessionDetail } from '../../ports/event-store.ts';
import type { ControlCore } from '../core.ts';

/** The session that an answer was given in; null where nothing is known of it any more. Throws IndexUnavailable. */
export function sessionOf({ answers, door, clock }: ControlCore, item: Item): Promise<SessionDetail | null> {
  const { sessionIdleMs: idleMs } = door.snapshot().settings;
  return answers().session(item.session_instance, { idleMs, nowMs: clock.nowMs() });
}

/** What was asked, as the model that answered it was asked, and whose question it is. Throws IndexUnavailable. */
export async function questionOf(
  core: ControlCore,
  item: Item,
): Promise<{ readonly repeat: Repeat; readonly userId: string | null }> {
  const { requests = [], said = [] } = (await sessionOf(core, item)) ?? {};
  const texts = new Map(said.map((one) => [one.request_id, one]));
  const turns = requests.map(({ request_id, round, outcome }) => {
    const text = texts.get(request_id);
    return {
      requestId: request_id,
      round,
      isGood: outcome === 'ok',
      said: text === undefined ? null : { ...text, isCut: text.is_cut },
    };
  });
  return {
    repeat: repeatOf(turns, item.request_id),
    userId: requests.find(({ request_id }) => request_id === item.request_id)?.user_id ?? null,
  };
}
