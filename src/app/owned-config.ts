import { readFileSync } from 'node:fs';
import { StartError } from './start-error.ts';

/** Reads the declarative file of `--config`. Its content is validated by control. Throws StartError with the line. */
export function readOwnedConfig(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new StartError(`the configuration file ${path} cannot be read (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(
      `the configuration file ${path} is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}
