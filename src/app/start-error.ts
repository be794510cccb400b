/** Why Sluice cannot start: one line for stderr, and the exit code (1 failed, 2 wrong usage). */
export class StartError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
