import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Figure, format, isKept } from './figure.ts';

const PAGE = new URL('../../docs/evidence.md', import.meta.url);

export interface Section {
  /** As in `npm run prove NAME`. */
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly seconds: number;
}

/** Writes the sections of the proofs that ran into the page; those of other proofs stay as they are. */
export function writeEvidence(ran: readonly Section[], titles: readonly string[]): void {
  const present = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  const sections = new Map(
    present
      .split(/^(?=## )/m)
      .filter((part) => part.startsWith('## '))
      .map((part) => [part.slice(3, part.indexOf('\n')), part.trimEnd()]),
  );
  for (const section of ran) sections.set(section.title, textOf(section));
  const kept = titles.flatMap((title) => sections.get(title) ?? []);
  writeFileSync(PAGE, `${[head(), ...kept].join('\n\n')}\n`);
}

/** The figures of one proof as aligned lines for a terminal. */
export function linesOf(figures: readonly Figure[]): string[] {
  const rows = figures.map(cellsOf);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function textOf({ name, title, figures, seconds }: Section): string {
  return [
    `## ${title}`,
    '',
    `\`npm run prove ${name}\`, ${Math.round(seconds)} s.`,
    '',
    '| figure | measured | must be | |',
    '|---|---|---|---|',
    ...figures.map((figure) => `| ${cellsOf(figure).join(' | ')} |`),
  ].join('\n');
}

function cellsOf(figure: Figure): string[] {
  const { name, value, must, limit, unit } = figure;
  return [
    name,
    `${format(value)} ${unit}`.trim(),
    `${must} ${format(limit)} ${unit}`.trim(),
    isKept(figure) ? 'ok' : 'FAIL',
  ];
}

function head(): string {
  const cores = cpus();
  return [
    '# Evidence',
    '',
    'Written by `npm run prove`; what passes through sockets in the product does so here. The same proofs run in',
    '`npm test` at a smaller scale, so that a change which breaks one is seen at once.',
    '',
    `Measured with Node ${process.versions.node} on ${cores.length} cores (${cores[0]?.model ?? 'unknown'}).`,
  ].join('\n');
}
