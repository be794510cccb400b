import { placeOf } from './bucket.ts';

/** Who decides whether a task was completed, the most trusted first (CONTRACT §6). */
export const JUDGES = ['feedback', 'rule', 'judge_model'] as const;
export type Judge = (typeof JUDGES)[number];

/** Why a judge model decided so, and what it then says of the task; null where it cannot tell. */
export const JUDGE_REASONS = {
  done: true,
  missed: false,
  refused: false,
  vague: false,
  asked_back: false,
  incomplete: false,
  unclear: null,
} as const satisfies Readonly<Record<string, boolean | null>>;
export type JudgeReason = keyof typeof JUDGE_REASONS;
/** Why a judge model that was asked decided nothing: it could not be reached, or what it said was no verdict. */
export const JUDGE_FAILURES = ['no_answer', 'no_verdict'] as const;
export type JudgeFailure = (typeof JUDGE_FAILURES)[number];

/** Whether a judge model is asked about a session: the same each time, whichever process asks. */
export function isSampled(sessionInstance: string, samplePercent: number): boolean {
  return placeOf(sessionInstance, 'judge').position < samplePercent * 100;
}

/** What each judge says; null or absent where it says nothing. */
export type Opinions = { readonly [judge in Judge]?: boolean | null };

export interface Judgement {
  readonly taskCompleted: boolean;
  readonly judgedBy: Judge;
}

/** The opinion that counts; null where nobody has one. Who decided is recorded with what was decided. */
export function decideJudgement(opinions: Opinions): Judgement | null {
  for (const judge of JUDGES) {
    const taskCompleted = opinions[judge];
    if (typeof taskCompleted === 'boolean') return { taskCompleted, judgedBy: judge };
  }
  return null;
}
