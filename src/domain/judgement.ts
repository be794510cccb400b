/** Who decides whether a task was completed, the most trusted first (CONTRACT §6). */
export const JUDGES = ['feedback', 'rule', 'judge_model'] as const;
export type Judge = (typeof JUDGES)[number];

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
