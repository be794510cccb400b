import type { Problem } from '../../../src/contract/problem.ts';

/** Why a call failed: the gateway was not reached, or it refused and said why. */
export type Trouble = { readonly kind: 'offline' } | { readonly kind: 'refused'; readonly problem: Problem };

export class ProblemError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.kind === 'offline' ? 'the gateway cannot be reached' : trouble.problem.detail);
    this.trouble = trouble;
  }

  get status(): number {
    return this.trouble.kind === 'offline' ? 0 : this.trouble.problem.status;
  }

  /** Messages by field path, such as `rules[1].weight`. */
  get fields(): Problem['errors'] {
    return this.trouble.kind === 'offline' ? [] : this.trouble.problem.errors;
  }
}

export async function readProblem(answer: Response): Promise<ProblemError> {
  try {
    return new ProblemError({ kind: 'refused', problem: (await answer.json()) as Problem });
  } catch {
    // A proxy in between answers with a page of its own.
    const title = answer.statusText || `HTTP ${answer.status}`;
    const problem = { type: 'about:blank', title, status: answer.status, detail: title, errors: [] };
    return new ProblemError({ kind: 'refused', problem });
  }
}
