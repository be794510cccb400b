/** Numbers whose distribution is asked for, in milliseconds unless said otherwise; exact, or within 1 %. */
export interface Spread {
  readonly count: number;
  readonly sum: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What one model did in a range, by attempts (CONTRACT §6): counts and sums, never ratios. */
export interface AttemptSums {
  readonly attempts: number;
  /** Attempts by error class; good ones are not in it. */
  readonly errors: Readonly<Record<string, number>>;
  /** Over good requests that it answered: last byte in to last byte out, and to the first token. */
  readonly latencyMs: Spread;
  readonly ttftMs: Spread;
  /** Where usage is known: answers, their tokens, and the time that writing those took. */
  readonly answersWithUsage: number;
  readonly completionTokens: number;
  readonly writingMs: number;
}

/**
 * The sessions closed in the range (by their end call, or when their idle time was over) whose first round was assigned
 * to one model and of whose answers no second model gave one.
 */
export interface ClosedSessionSums {
  readonly closed: number;
  readonly completed: number;
  readonly abandoned: number;
  readonly rounds: number;
  readonly stayMs: number;
  /** Rounds from the second on, and those among them that ask again; charged to the model that answered before. */
  readonly laterRounds: number;
  readonly followUps: number;
  readonly withIntent: number;
  readonly judged: number;
  readonly judgedYes: number;
  readonly ratings: number;
  readonly ratingSum: number;
  /** Sessions that two models answered: counted, and in none of the other figures. */
  readonly mixed: number;
}

export const NO_SESSIONS: ClosedSessionSums = {
  closed: 0,
  completed: 0,
  abandoned: 0,
  rounds: 0,
  stayMs: 0,
  laterRounds: 0,
  followUps: 0,
  withIntent: 0,
  judged: 0,
  judgedYes: 0,
  ratings: 0,
  ratingSum: 0,
  mixed: 0,
};
