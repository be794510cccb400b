import type { Environment } from './options.ts';

/** What a command sees of the world around it; tests hand in their own. */
export interface Shell {
  readonly environment: Environment;
  /** How Sluice is called from here, so that printed commands can be copied: `sluice` or `bin/sluice`. */
  readonly command: string;
  /** True when standard output is a terminal that a person looks at. */
  readonly isTty: boolean;
  /** Writes text and a line end to standard output. */
  out(text: string): void;
  /** Writes bytes as they are to standard output; resolves when more may come. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes text and a line end to standard error. */
  err(text: string): void;
}
