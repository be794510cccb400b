import { compilePatterns, flatText, matchesPattern, type TextPattern } from './text-pattern.ts';

/** What a first answer must look like to count as a completed task. Empty lists demand nothing. */
export interface AnswerRule {
  readonly allOf: readonly string[];
  readonly anyOf: readonly string[];
  readonly noneOf: readonly string[];
}

/** What users come for, recognised by phrases; each phrase a `TextPattern`. */
export interface Intent {
  readonly name: string;
  readonly phrases: readonly string[];
  /** Null where no rule can judge: then feedback or a judge model does. */
  readonly rule: AnswerRule | null;
}

interface CompiledRule {
  readonly allOf: readonly TextPattern[];
  readonly anyOf: readonly TextPattern[];
  readonly noneOf: readonly TextPattern[];
}

export interface CompiledIntent {
  readonly name: string;
  readonly patterns: readonly TextPattern[];
  readonly rule: CompiledRule | null;
}

export function compileIntents(intents: readonly Intent[]): CompiledIntent[] {
  return intents.map(({ name, phrases, rule }) => ({
    name,
    patterns: compilePatterns(phrases),
    rule: rule === null ? null : compileRule(rule),
  }));
}

/** The intent of a conversation by its first user message: the first in written order that matches; null for none. */
export function intentOf(
  intents: readonly CompiledIntent[],
  firstUserMessage: string,
): CompiledIntent | null {
  const flat = flatText(firstUserMessage);
  return intents.find(({ patterns }) => patterns.some((pattern) => matchesPattern(pattern, flat))) ?? null;
}

/** What the intent's rule says of the first answer; null where there is no rule that demands anything. */
export function judgeByRule(intent: CompiledIntent, firstAnswer: string): boolean | null {
  const { rule } = intent;
  if (rule === null) return null;
  const flat = flatText(firstAnswer);
  const occurs = (pattern: TextPattern): boolean => matchesPattern(pattern, flat);
  if (rule.noneOf.some(occurs) || !rule.allOf.every(occurs)) return false;
  return rule.anyOf.length === 0 || rule.anyOf.some(occurs);
}

/** Null for a rule that demands nothing: it would praise every answer. */
function compileRule(rule: AnswerRule): CompiledRule | null {
  const compiled = {
    allOf: compilePatterns(rule.allOf),
    anyOf: compilePatterns(rule.anyOf),
    noneOf: compilePatterns(rule.noneOf),
  };
  return Object.values(compiled).some((patterns) => patterns.length > 0) ? compiled : null;
}
