import type { JudgeCase } from '../domain/judge-prompt.ts';

/** The first answer of a session with a clear intent that no rule decides. Its texts are in memory alone. */
export interface UnjudgedAnswer extends JudgeCase {
  readonly requestId: string;
  readonly sessionInstance: string;
}

/** Takes answers that a judge model may be asked about, later and off the path of requests. No method throws. */
export interface Judging {
  add(answer: UnjudgedAnswer): void;
  /** Lets go what waits and is about any of these: requests, or sessions as a whole. */
  withdraw(about: ReadonlySet<string | null>, because: 'feedback' | 'erased'): void;
}
