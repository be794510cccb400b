import { table } from '../cli/table.ts';
import type { TallyRow } from './tally.ts';

/** What the breaker of each model says, by model id. */
export type BreakerStates = ReadonlyMap<string, string>;

/** The block that is redrawn in a terminal. */
export function liveBlock(rows: readonly TallyRow[], states: BreakerStates, elapsedMs: number): string {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  return [
    `${clock(elapsedMs)}  ${requests} requests`,
    table(
      ['MODEL', '>SHARE', '>USERS', '>REQUESTS', '>ERRORS', '>P95', 'BREAKER'],
      rows.map((row) => [
        row.modelId,
        percent(row.share),
        String(row.users),
        String(row.requests),
        percent(row.errorRate),
        duration(row.latencyMsP95),
        states.get(row.modelId) ?? '',
      ]),
    ),
  ].join('\n');
}

/** The same on one line, for output that is kept. */
export function liveLine(rows: readonly TallyRow[], states: BreakerStates, elapsedMs: number): string {
  const models = rows.map((row) => {
    const state = states.get(row.modelId);
    const figures = `${percent(row.share)} of ${row.requests} requests, errors ${percent(row.errorRate)}, P95 ${duration(row.latencyMsP95)}`;
    return `${row.modelId} ${figures}${state === undefined ? '' : `, breaker ${state}`}`;
  });
  return `${clock(elapsedMs)}  ${models.join(' | ')}`;
}

/** Text that takes the place of a block of so many lines drawn before. */
export function over(lines: number): string {
  return lines === 0 ? '' : `\x1b[${lines}A\x1b[0J`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}

function duration(ms: number | null): string {
  if (ms === null) return '-';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
