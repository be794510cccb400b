/** Why Sluice cannot start: one line for stderr, and the exit code (1 failed, 2 wrong usage). */
export class StartError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A failure of a part while it was opened, as a StartError. */
export function startErrorOf(error: unknown): StartError {
  return error instanceof StartError
    ? error
    : new StartError(error instanceof Error ? error.message : String(error));
}

/** Opens a part; whatever it throws becomes a StartError. */
export function orStartError<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw startErrorOf(error);
  }
}
