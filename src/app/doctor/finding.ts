export type Level = 'ok' | 'warn' | 'broken';

/** One thing that the doctor looked at. `command` is to be copied: a shell command, or a line of nginx's configuration. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  /** Id or name of the model; null for what concerns no single one. */
  readonly model: string | null;
  readonly what: string;
  readonly why: string | null;
  readonly command: string | null;
  /** `what` and `why` in Chinese, of findings that the console shows too. */
  readonly zh?: string;
}
