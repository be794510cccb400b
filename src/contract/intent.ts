import Type, { type Static } from 'typebox';
import type { Intent as DomainIntent } from '../domain/intent.ts';
import { Line, strict } from './fields.ts';

const Phrase = Line(500, 1);
const Phrases = (minItems: number) =>
  Type.Array(Phrase, {
    minItems,
    maxItems: 100,
    uniqueItems: true,
    description:
      'plain words are found anywhere; `*` stands for any text, and then the phrase covers the whole',
    examples: [['查订单', '*refund*']],
  });

/** What the first answer must look like to count as a completed task. */
const AnswerRule = strict(
  {
    all_of: Type.Optional(Phrases(1)),
    any_of: Type.Optional(Phrases(1)),
    none_of: Type.Optional(Phrases(1)),
  },
  { minProperties: 1 },
);

/** What users come for, recognised by its phrases in the first message of a conversation; the first that fits counts. */
export const Intent = strict({
  name: Line(128, 1),
  phrases: Phrases(1),
  rule: Type.Optional(AnswerRule),
});
export type Intent = Static<typeof Intent>;

export function toIntent({ name, phrases, rule }: Intent): DomainIntent {
  return {
    name,
    phrases,
    rule: rule ? { allOf: rule.all_of ?? [], anyOf: rule.any_of ?? [], noneOf: rule.none_of ?? [] } : null,
  };
}
