import { JUDGE_REASONS, type JudgeReason } from './judgement.ts';

/** A judge model's verdict. `completed` is null where it says that the conversation does not tell. */
export interface Verdict {
  readonly completed: boolean | null;
  readonly reason: JudgeReason;
}

/** The form of a verdict, for model servers that can hold a model to one. */
export const VERDICT_SCHEMA = {
  type: 'object',
  properties: {
    reason: { type: 'string', enum: Object.keys(JUDGE_REASONS) },
    completed: { enum: [true, false, null] },
  },
  required: ['reason', 'completed'],
  additionalProperties: false,
};

/** Why an answer is no verdict. A fault is counted, never repaired: a guessed verdict would be worse than none. */
export type VerdictFault =
  | 'empty'
  | 'too_long'
  | 'unfinished_thought'
  | 'not_json'
  | 'not_an_object'
  | 'duplicate_field'
  | 'unknown_field'
  | 'missing_field'
  | 'wrong_type'
  | 'unknown_reason'
  | 'contradiction';

export type VerdictResult =
  | { readonly ok: true; readonly verdict: Verdict }
  | { readonly ok: false; readonly fault: VerdictFault };

/** Far beyond what was asked for, thoughts included. */
const MAX_ANSWER_CHARS = 65_536;

const THOUGHT = '<think>';
const THOUGHT_END = '</think>';
const FENCE = /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$/i;
const STRINGS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Reads `{"reason": "done", "completed": true}`. Forgiven are white space, one code fence around the whole, and the
 * thoughts that reasoning models put first. Everything else is a fault: words around the object, further fields, a
 * field given twice, `"true"` for true, a conclusion that is not the reason's.
 */
export function parseVerdict(answer: string): VerdictResult {
  if (answer.length > MAX_ANSWER_CHARS) return fault('too_long');
  const spoken = withoutThoughts(answer);
  if (spoken === null) return fault('unfinished_thought');
  const text = (FENCE.exec(spoken)?.[1] ?? spoken).trim();
  if (text === '') return fault('empty');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fault('not_json');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fault('not_an_object');
  return readFields(json as Readonly<Record<string, unknown>>, text);
}

function readFields(json: Readonly<Record<string, unknown>>, text: string): VerdictResult {
  const names = Object.keys(json);
  if (names.some((name) => name !== 'completed' && name !== 'reason')) return fault('unknown_field');
  // JSON.parse keeps the last of two fields of one name, and says nothing.
  const written = [...text.matchAll(STRINGS)].filter((match) => match[1] !== undefined).length;
  const { completed, reason } = json;
  if (completed === undefined || reason === undefined) return fault('missing_field');
  if (completed !== null && typeof completed !== 'boolean') return fault('wrong_type');
  if (typeof reason !== 'string') return fault('wrong_type');
  if (written !== names.length) return fault('duplicate_field');
  if (!isReason(reason)) return fault('unknown_reason');
  if (JUDGE_REASONS[reason] !== completed) return fault('contradiction');
  return { ok: true, verdict: { completed, reason } };
}

function isReason(word: string): word is JudgeReason {
  return Object.hasOwn(JUDGE_REASONS, word);
}

/** What follows the thoughts; null where they never end. */
function withoutThoughts(answer: string): string | null {
  const text = answer.trim();
  if (!text.startsWith(THOUGHT)) return text;
  const end = text.indexOf(THOUGHT_END);
  return end < 0 ? null : text.slice(end + THOUGHT_END.length).trim();
}

function fault(name: VerdictFault): VerdictResult {
  return { ok: false, fault: name };
}
