import type { Answer } from '../../api/call.ts';

type Audiences = Answer<'GET /routes/{id}'>['audiences'];

/** By what an audience knows its users. */
export const MARKS = ['user_ids', 'user_prefix', 'segment', 'created_after'] as const;
type Mark = (typeof MARKS)[number];

/** An audience as the form has it: one mark, and its value as a list or a text. */
export interface AudienceDraft {
  readonly name: string;
  readonly mark: Mark;
  /** Of `user_ids`. */
  readonly ids?: readonly string[];
  /** Of every other mark. */
  readonly text?: string;
  readonly model_id: string;
}

export function draftsOf(audiences: Audiences): AudienceDraft[] {
  return audiences.map(({ name, match, model_id }) => {
    const mark = MARKS.find((one) => match[one] !== undefined) ?? 'user_ids';
    const value = match[mark];
    return { name, mark, model_id, ...(typeof value === 'string' ? { text: value } : { ids: value ?? [] }) };
  });
}

export function audiencesOf(drafts: readonly AudienceDraft[]): Audiences {
  return drafts.map(({ name, mark, ids = [], text = '', model_id }) => ({
    name,
    match: { [mark]: mark === 'user_ids' ? [...ids] : text },
    model_id,
  }));
}

/** Where the form shows what the API said of `audiences[1].match.segment`. */
export function fieldOf(path: readonly (string | number)[]): (string | number)[] {
  const [list, index, part, mark] = path;
  if (list !== 'audiences' || index === undefined || part !== 'match') return [...path];
  return [list, index, mark === 'user_ids' ? 'ids' : 'text'];
}
