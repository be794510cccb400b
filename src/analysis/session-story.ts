import type { SessionStory } from '../contract/analysis.ts';
import { notFound } from '../contract/fault.ts';
import type { Question } from '../ports/analysis.ts';
import type { SaidRow } from '../ports/event-store.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { seesTexts, tellRequest, tellSession } from './tell.ts';

/** One session with its rounds, and what was said to whom may read it. Throws `not_found`. */
export async function sessionStory(
  core: AnalysisCore,
  { id, role }: Pick<Question<'sessions.get'>, 'id' | 'role'>,
): Promise<SessionStory> {
  const found = await core.store.session(id, sessionRules(core));
  if (found === null) throw notFound('session', id);
  const said = new Map(seesTexts(role) ? found.said.map((one) => [one.request_id, one]) : []);
  const rounds = [...Map.groupBy(found.requests, ({ round }) => round)].map(([round, requests]) => ({
    round,
    requests: requests.map((row) => ({
      ...tellRequest(row, role),
      said: tellSaid(said.get(row.request_id)),
    })),
  }));
  return { session: tellSession(found.session), texts: seesTexts(role) ? 'shown' : 'hidden', rounds };
}

type Said = SessionStory['rounds'][number]['requests'][number]['said'];

function tellSaid(row: SaidRow | undefined): Said {
  if (!row) return null;
  const { messages, answer, thinking, is_cut } = row;
  return { messages: [...messages], answer, thinking, is_cut };
}
