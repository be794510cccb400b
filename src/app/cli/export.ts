import { CliError } from './cli-error.ts';
import { openClient } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { type QueryFlags, queryOf } from './query-flags.ts';
import type { Shell } from './shell.ts';

export interface ExportFlags extends Omit<GatewayFlags, 'json'>, QueryFlags {
  readonly text?: boolean;
}

/** How often a person is told that it still goes on. */
const TELL_EVERY_MS = 3_000;

/** Writes CSV to standard output and its progress to standard error. Exit code 1 when the file is not whole. */
export async function exportCsv(
  what: 'requests' | 'sessions',
  flags: ExportFlags,
  shell: Shell,
): Promise<number> {
  const query = queryOf(flags, { text: flags.text ? 'true' : undefined });
  const chunks = await openClient(flags, shell).download(`/export/${what}.csv${query}`);
  let bytes = 0;
  let lines = 0;
  const told = (): string => toldOf(lines, bytes);
  let nextMs = Date.now() + TELL_EVERY_MS;
  try {
    for await (const chunk of chunks) {
      await shell.write(chunk);
      bytes += chunk.length;
      lines += linesIn(chunk);
      if (Date.now() < nextMs) continue;
      shell.err(`sluice: ${told()} so far`);
      nextMs = Date.now() + TELL_EVERY_MS;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`the export broke off after ${told()} (${reason}); the file is not whole`);
  }
  shell.err(`sluice: ${told()}, the first of them names the columns`);
  return 0;
}

function toldOf(lines: number, bytes: number): string {
  const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}, ${size}`;
}

const LINE_FEED = 10;

function linesIn(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
