import { decideJudgement } from '../../domain/judgement.ts';
import type { FoundRequest } from './found-request.ts';

/** Columns of what was found out about a request later. The last word of each kind counts. */
const NOTED = {
  is_follow_up: 'arg_max(is_follow_up, id)',
  intent: 'arg_max(intent, id)',
  by_feedback: 'arg_max(task_completed, id) FILTER (is_feedback)',
  by_rule: 'arg_max(task_completed, id) FILTER (NOT is_feedback AND judge_model IS NULL)',
  by_model: 'arg_max(task_completed, id) FILTER (judge_model IS NOT NULL)',
  judge_model: 'arg_max(judge_model, id)',
  judge_reason: 'arg_max(judge_reason, id)',
  rating: 'arg_max(rating, id)',
} as const;
export const NOTED_COLUMNS = Object.keys(NOTED) as readonly (keyof typeof NOTED)[];
const SUMS = NOTED_COLUMNS.map((name) => `${NOTED[name]} AS ${name}`).join(', ');

/** A row of these columns; names are numbers of `words`. */
export interface Noted {
  readonly is_follow_up: boolean | null;
  readonly intent: number | null;
  readonly by_feedback: boolean | null;
  readonly by_rule: boolean | null;
  readonly by_model: boolean | null;
  readonly judge_model: number | null;
  readonly judge_reason: number | null;
  readonly rating: number | null;
}

export interface NotedQuery {
  /** The statement that finds requests; with texts, their times and names are among its columns. */
  readonly found: string;
  readonly columns: string;
  readonly order: string;
  readonly hasTexts?: boolean;
}

/**
 * Inner joins with what was found, and then outer ones with those few rows: so the engine looks only at the parts of
 * `notes` and `texts` where something of it can be.
 */
export const withNotes = ({ found, columns, order, hasTexts = false }: NotedQuery): string => `
WITH found AS MATERIALIZED (${found}),
  noted AS (SELECT seq, ${SUMS} FROM found JOIN notes USING (seq) GROUP BY seq)
  ${hasTexts ? PLACED : ''}
SELECT ${columns}
FROM found LEFT JOIN noted USING (seq) ${hasTexts ? 'LEFT JOIN placed USING (seq)' : ''} ORDER BY ${order}`;

/** A text has the time of its request, which finds it faster than its name. */
const PLACED = `,
  placed AS (
    SELECT seq, min(texts.segment) AS text_segment, min(texts.byte) AS text_at
    FROM found JOIN texts USING (time, name_low, name_high) GROUP BY seq
  )`;

export function laterOf(noted: Noted, wordOf: (number: unknown) => string | null): FoundRequest['found'] {
  const { is_follow_up, by_feedback: feedback, by_rule: rule, by_model: judge_model, rating } = noted;
  const judged = decideJudgement({ feedback, rule, judge_model });
  return {
    is_follow_up,
    intent: wordOf(noted.intent),
    task_completed: judged?.taskCompleted ?? null,
    judged_by: judged?.judgedBy ?? null,
    judge_model_id: wordOf(noted.judge_model),
    judge_reason: wordOf(noted.judge_reason),
    rating,
  };
}
