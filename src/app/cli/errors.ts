import type { ErrorItem } from '../../contract/analysis.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { type QueryFlags, queryOf } from './query-flags.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export interface ErrorsFlags extends GatewayFlags, QueryFlags {
  readonly class?: string;
  readonly search?: string;
  readonly limit?: string;
}

/** Failed requests, newest first. */
export async function errors(flags: ErrorsFlags, shell: Shell): Promise<number> {
  const query = queryOf(flags, { class: flags.class, q: flags.search, limit: flags.limit ?? '50' });
  const page = await openClient(flags, shell).call<{ items: ErrorItem[]; next_cursor: string | null }>(
    'GET',
    `/errors${query}`,
  );
  print(shell, flags, page, () =>
    page.items.length === 0
      ? 'no failed request in this time (the last 24 hours unless told)'
      : table(['TIME', 'MODEL', 'CLASS', '>STATUS', 'REQUEST', 'MESSAGE'], page.items.map(row)),
  );
  return 0;
}

function row({ time, model_id, error_class, status, request_id, message, saved_by }: ErrorItem): string[] {
  const line = saved_by === null ? (message ?? '').replaceAll(/\s+/g, ' ') : `answered by ${saved_by}`;
  const short = line.length > 100 ? `${line.slice(0, 99)}…` : line;
  return [time, model_id ?? '-', error_class ?? '-', String(status), request_id, short];
}
