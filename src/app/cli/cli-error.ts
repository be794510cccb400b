/** A failure that the person at the keyboard can do something about: printed as one message, without a stack. */
export class CliError extends Error {
  /** 1 when the command failed, 2 when it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
