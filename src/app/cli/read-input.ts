import { readFileSync } from 'node:fs';
import { CliError } from './cli-error.ts';

/** The text of a file, or of standard input for `-`. */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read (${error instanceof Error ? error.message : error})`);
  }
}
