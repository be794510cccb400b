import { OwnedConfig } from '../../contract/config.ts';
import { completeModel } from '../../contract/model.ts';
import { completeRoute } from '../../contract/route.ts';
import { DEFAULT_SETTINGS, mergeSettings } from '../../contract/settings.ts';
import { toConfig } from '../../contract/to-domain.ts';
import { type FieldError, validate } from '../../contract/validate.ts';
import { checkConfig } from '../../domain/snapshot.ts';
import { lineOf, linesOf } from './json-lines.ts';
import { readInput } from './read-input.ts';
import type { Shell } from './shell.ts';

interface LinedFault extends FieldError {
  /** From 1. */
  readonly line: number;
}

/** Checks a declarative configuration (the file of SLUICE_CONFIG) without a gateway. Exit code 1 when it has faults. */
export async function validateFile(file: string, flags: { json?: boolean }, shell: Shell): Promise<number> {
  const faults = faultsOf(readInput(file));
  if (flags.json) shell.out(JSON.stringify({ file, valid: faults.length === 0, errors: faults }, null, 2));
  else if (faults.length === 0) shell.out(`${file} is valid`);
  else
    for (const fault of faults)
      shell.err(`${file}:${fault.line}: ${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`);
  return faults.length === 0 ? 0 : 1;
}

/** Everything wrong with the text of a declarative configuration, in the order of its lines. */
export function faultsOf(text: string): LinedFault[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: '', message: `is not JSON: ${message}`, line: lineOfSyntaxError(message, text) }];
  }
  const lines = linesOf(text);
  const shape = validate(OwnedConfig, value);
  const errors = shape.ok ? faultsOfWhole(shape.value) : shape.errors;
  return errors
    .map(({ path, message }) => ({ path, message, line: lineOf(path, lines) }))
    .sort((a, b) => a.line - b.line);
}

/** What only the whole shows: clashing names, weights that do not add up, references to nothing. */
function faultsOfWhole(file: OwnedConfig): FieldError[] {
  const routes = file.routes ?? [];
  const config = toConfig(
    {
      models: (file.models ?? []).map(completeModel),
      routes: routes.map((route) => completeRoute(route, routes.length === 1)),
      experiments: [],
      settings: mergeSettings(DEFAULT_SETTINGS, file.settings ?? {}),
      intents: file.intents ?? [],
    },
    new Map(),
  );
  // A file that owns no models refers to those in the data folder, which an offline check cannot see.
  return checkConfig(config).filter((fault) => fault.code !== 'unknown_model' || file.models !== undefined);
}

/** V8 says `at position 17`, or nothing when the text just ends. */
function lineOfSyntaxError(message: string, text: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  return text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length;
}
