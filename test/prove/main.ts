import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { inspect } from 'node:util';
import { proveAborts } from './aborts.ts';
import { proveBackpressure } from './backpressure.ts';
import { proveDisable } from './disable.ts';
import { type Figure, format, isKept } from './figure.ts';
import { proveFlips } from './flips.ts';
import { proveKill } from './kill.ts';
import { proveSplit } from './split.ts';
import { proveStart } from './start.ts';
import { proveStreams } from './streams.ts';

interface Proof {
  readonly title: string;
  /** A proof that takes longer has failed. */
  readonly limitMinutes: number;
  run(): Promise<Figure[]>;
}

const PROOFS: Readonly<Record<string, Proof>> = {
  split: {
    title: 'Users are split by their ids',
    limitMinutes: 10,
    run: () => proveSplit({ users: 10_000, everyDoor: true }),
  },
  flips: {
    title: 'The configuration flips under load',
    limitMinutes: 25,
    run: () => proveFlips({ flips: 30_000 }),
  },
  disable: {
    title: 'A route is disabled',
    limitMinutes: 5,
    run: () => proveDisable({ rounds: 1_000, share: 0.99 }),
  },
  streams: {
    title: 'Upstream bytes are cut anywhere',
    limitMinutes: 15,
    run: () => proveStreams({ everyNthCut: 1, randomCuts: 2_000 }),
  },
  aborts: {
    title: 'Clients leave',
    limitMinutes: 5,
    run: () => proveAborts({ aborts: 1_000, share: 0.99 }),
  },
  backpressure: {
    title: 'A client never reads while 512 MiB arrive',
    limitMinutes: 5,
    run: () => proveBackpressure({ floodBytes: 512 * 1024 * 1024, silentMs: 15_000 }),
  },
  start: {
    title: 'Sluice starts',
    limitMinutes: 2,
    run: () => proveStart({ starts: 20 }),
  },
  kill: {
    title: 'Sluice is killed under load',
    limitMinutes: 25,
    run: () => proveKill({ kills: 300 }),
  },
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const [wanted] = process.argv.slice(2);
const names = wanted === undefined ? Object.keys(PROOFS) : [wanted];
if (names.some((name) => !Object.hasOwn(PROOFS, name))) {
  process.stderr.write(`prove: there is no proof "${wanted}"; one of ${Object.keys(PROOFS).join(', ')}\n`);
  process.exit(2);
}
const sections: string[] = [];
let short = 0;
for (const name of names) {
  const proof = PROOFS[name];
  if (!proof) continue;
  say(`\n${proof.title} (${name}) …`);
  const began = performance.now();
  const figures = await within(proof);
  const seconds = (performance.now() - began) / 1000;
  const broken = figures.filter((figure) => !isKept(figure));
  short += broken.length;
  for (const row of tableOf(figures)) say(row);
  sections.push(sectionOf(name, proof, figures, seconds));
}
// A single proof must not make the page forget the others.
if (wanted === undefined) writeFileSync(new URL('../../docs/evidence.md', import.meta.url), pageOf(sections));
say(short === 0 ? '\nprove: every figure keeps its limit' : `\nprove: ${short} figures fall short`);
process.exit(short === 0 ? 0 : 1);

/** The figures of a proof; one that breaks or takes too long has fallen short, and the others still run. */
async function within(proof: Proof): Promise<Figure[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`not done within ${proof.limitMinutes} minutes`)),
    proof.limitMinutes * 60_000,
  );
  try {
    return await Promise.race([proof.run(), late]);
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`);
    return [{ name: 'the proof itself ran', value: 0, must: 'at least', limit: 1, unit: '' }];
  } finally {
    clearTimeout(timer);
  }
}

function tableOf(figures: readonly Figure[]): string[] {
  const rows = figures.map((figure) => [
    figure.name,
    `${format(figure.value)} ${figure.unit}`.trim(),
    `${figure.must} ${format(figure.limit)} ${figure.unit}`.trim(),
    isKept(figure) ? 'ok' : 'FAIL',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function sectionOf(name: string, { title }: Proof, figures: readonly Figure[], seconds: number): string {
  const rows = figures.map((figure) => {
    const { unit } = figure;
    const value = `${format(figure.value)} ${unit}`.trim();
    const limit = `${figure.must} ${format(figure.limit)} ${unit}`.trim();
    return `| ${figure.name} | ${value} | ${limit} | ${isKept(figure) ? 'ok' : '**falls short**'} |`;
  });
  return [
    `## ${title}`,
    '',
    `\`npm run prove ${name}\`, ${Math.round(seconds)} s`,
    '',
    '| figure | measured | must be | |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function pageOf(parts: readonly string[]): string {
  const cores = cpus();
  return [
    '# Evidence',
    '',
    'Written by `npm run prove`; every row is measured through real sockets. The same proofs run in `npm test` at a',
    'smaller scale, so that a change which breaks one is seen at once.',
    '',
    `Measured with Node ${process.versions.node} on ${cores.length} cores (${cores[0]?.model ?? 'unknown'}).`,
    '',
    parts.join('\n\n'),
    '',
  ].join('\n');
}
