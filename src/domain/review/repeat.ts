/** One thing said. */
export interface SaidMessage {
  readonly role: string;
  readonly content: string;
}

/** One request of a session, with what of it is kept. In order of arrival with the others. */
export interface SaidTurn {
  readonly requestId: string;
  readonly round: number | null;
  /** It was answered, whole. */
  readonly isGood: boolean;
  /** Null where no text of it is kept. */
  readonly said: {
    readonly messages: readonly SaidMessage[];
    readonly answer: string;
    readonly isCut: boolean;
    /** Messages that its client sent before these; null where it asked for more than texts can hold. */
    readonly before: number | null;
  } | null;
}

/** Why a question cannot be put to another model as it was put to the first. */
export const REPEAT_REFUSALS = ['text_gone', 'text_cut', 'more_than_text', 'history_unknown'] as const;
export type RepeatRefusal = (typeof REPEAT_REFUSALS)[number];

/** All that a model was told before it gave an answer, and that answer. */
export type Repeat =
  | { readonly ok: true; readonly conversation: readonly SaidMessage[]; readonly answer: string }
  | { readonly ok: false; readonly because: RepeatRefusal };

/**
 * The conversation that a request held, put together from the texts of its session, each of which has only what was new.
 * What stood before must have as many messages as the client sent, and be the round before or an earlier try of the same:
 * who drops or edits earlier messages holds a conversation that nobody knows.
 */
export function repeatOf(turns: readonly SaidTurn[], requestId: string): Repeat {
  let at = turns.findIndex((turn) => turn.requestId === requestId);
  const asked = turns[at]?.said;
  if (!asked || asked.answer === '') return { ok: false, because: 'text_gone' };
  if (asked.isCut) return { ok: false, because: 'text_cut' };
  if (asked.before === null || !endsWithUser(asked.messages)) return { ok: false, because: 'more_than_text' };
  let conversation = asked.messages;
  for (let missing = asked.before; missing > 0; ) {
    at = turns.findLastIndex((turn, index) => index < at && leadsTo(turn, missing, turns[at]));
    const said = turns[at]?.said;
    if (!said || said.before === null) return { ok: false, because: 'history_unknown' };
    conversation = [...said.messages, { role: 'assistant', content: said.answer }, ...conversation];
    missing = said.before;
  }
  return { ok: true, conversation, answer: asked.answer };
}

/** Whether a conversation of so many messages ends with this turn, and `next` is what came then. */
function leadsTo({ isGood, said, round }: SaidTurn, messages: number, next: SaidTurn | undefined): boolean {
  if (!isGood || said === null || said.before === null || said.isCut || said.answer === '') return false;
  const isNear = round !== null && next !== undefined && round >= (next.round ?? 0) - 1;
  return isNear && endsWithUser(said.messages) && said.before + said.messages.length + 1 === messages;
}

/** Else the answer goes on from words that were put into the model's mouth, or from a tool's result. */
function endsWithUser(messages: readonly SaidMessage[]): boolean {
  return messages.at(-1)?.role.toLowerCase() === 'user';
}
