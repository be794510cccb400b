import type { JudgeCase } from '../domain/judge-prompt.ts';

/** The first answer of a session with a clear intent that no rule decides. Its texts are in memory alone. */
export interface UnjudgedAnswer extends JudgeCase {
  readonly requestId: string;
  readonly sessionInstance: string;
}

/** Takes answers that a judge model may be asked about, later and off the path of requests. Neither method throws. */
export interface Judging {
  add(answer: UnjudgedAnswer): void;
  /** The client said itself how it went: about a request, or a session as a whole. */
  withdraw(requestId: string | null, sessionInstance: string | null): void;
}
