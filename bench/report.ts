import type { GatewayName } from './gateways/gateway.ts';
import { type Limit, MEASURES, type Measure, type MeasureId } from './measures.ts';
import type { Results } from './run.ts';
import { median } from './statistics.ts';

export interface Verdict {
  readonly limit: string;
  /** The ratio, or the value itself where the limit is absolute; null where it could not be measured. */
  readonly value: number | null;
  readonly isMet: boolean | null;
}

/** One measure over all servers: medians of the rounds. */
export interface Row {
  readonly id: MeasureId;
  readonly label: string;
  readonly unit: string;
  readonly medians: Partial<Record<GatewayName, number>>;
  readonly verdicts: readonly Verdict[];
}

export const COLUMNS: readonly GatewayName[] = ['sluice', 'nginx', 'portkey', 'bare'];

/** Turns rounds into medians and holds Sluice to its limits. */
export function summarise(results: Results): Row[] {
  addDifferences(results);
  return MEASURES.filter(({ id }) => results.rounds[id]).map((measure) => {
    const rounds = results.rounds[measure.id] ?? {};
    const medians = Object.fromEntries(
      Object.entries(rounds).map(([name, values]) => [name, median(values)]),
    );
    return {
      id: measure.id,
      label: measure.label,
      unit: measure.unit,
      medians,
      verdicts: measure.limits.map((limit) => judge(limit, medians)),
    };
  });
}

/** The same round's bare upstream is taken off, because it saw the same minute of the machine. */
function addDifferences({ rounds }: Results): void {
  const bare = rounds.p99_steady?.bare;
  if (!bare || !rounds.p99_steady) return;
  rounds.p99_added_steady = {};
  for (const [name, values] of Object.entries(rounds.p99_steady) as [GatewayName, number[]][]) {
    if (name === 'bare') continue;
    rounds.p99_added_steady[name] = values.map((value, round) => value - (bare[round] ?? Number.NaN));
  }
}

function judge(limit: Limit, medians: Row['medians']): Verdict {
  const base = limit.against ? medians[limit.against] : 1;
  const { sluice } = medians;
  if (sluice === undefined || base === undefined) return { limit: limit.text, value: null, isMet: null };
  const value = sluice / base;
  return { limit: limit.text, value, isMet: value <= limit.max };
}

/** The table for a terminal. */
export function printTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    `${row.label}${row.unit ? ` (${row.unit})` : ''}`,
    ...COLUMNS.map((name) => format(row.medians[name], digitsOf(row))),
    ratio(row.medians.sluice, row.medians.nginx),
    ratio(row.medians.sluice, row.medians.portkey),
    row.verdicts.map(describe).join('; '),
  ]);
  const table = [['', 'Sluice', 'nginx', 'Portkey', 'bare', '× nginx', '× Portkey', 'limit'], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  return table
    .map((line) => {
      const padded = line.map((cell, column) => {
        const isText = column === 0 || column === line.length - 1;
        return isText ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
      });
      return padded.join('  ').trimEnd();
    })
    .join('\n');
}

function describe({ limit, value, isMet }: Verdict): string {
  if (value === null) return `${limit}: not measured`;
  return `${limit}: ${isMet ? 'ok' : 'FAIL'}`;
}

function digitsOf(row: Row): number {
  return (MEASURES.find(({ id }) => id === row.id) as Measure).digits;
}

function format(value: number | undefined, digits: number): string {
  if (value === undefined) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? '–' : (value / base).toFixed(2);
}
