import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';

/** How one call to a model went. Times in milliseconds; `ttftMs` is the first content of a streamed answer. */
export interface CallReport {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly ttftMs: number | null;
  readonly errorClass: ErrorClass | null;
  /** What the model server said, or what went wrong on the way; null when all is well. */
  readonly message: string | null;
}

/** Calls a model outside any user's request: checks now, probes, judges and replays later. */
export interface ModelClient {
  /** One short question. Never throws: a failure is a report. Bounded by the model's own time limits. */
  ask(model: Model, stream: boolean): Promise<CallReport>;
}
