import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Effort } from './cases.ts';
import type { Peer } from './gateways/gateway.ts';
import { describeMachine, type Machine } from './machine.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { openFilesMax } from './process-cost.ts';
import { printTable, type Row, summarise } from './report.ts';
import { runBench } from './run.ts';

/** A gateway holds two sockets a stream, besides its own files. */
const SPARE_FILES = 500;

process.exitCode = await main();

/** 0: measured, and no limit missed; 1: a limit was missed, or Sluice failed a request; 2: wrong usage. */
async function main(): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (!options) {
    console.log(HELP);
    return 0;
  }
  if (process.platform !== 'linux') {
    console.error('bench: CPU time and memory of the servers are read from /proc, so it needs Linux.');
    return 1;
  }
  return measure(options);
}

async function measure(options: Options): Promise<number> {
  const machine = describeMachine();
  const { peers, versions, missing } = await prepare(options.peers);
  const { effort, warnings } = withinFileLimit(options.effort);
  const date = new Date().toISOString();
  const results = await runBench({ ...options, peers, effort, report: showProgress });
  const rows = summarise(results);
  const notes = [...missing, ...warnings, ...results.faults.map(({ text }) => text)];

  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  console.log(`${headline(machine, versions, effort)}\n\n${printTable(rows)}`);
  for (const note of notes) console.log(`! ${note}`);

  const out = options.out ?? resultsFile(options.isWhole ? 'latest.json' : 'last.local.json');
  const record = { date, machine, versions, effort, notes, rows, rounds: results.rounds };
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(record, rounded, 1)}\n`);
  console.log(`\nwritten to ${out}`);
  const isMissed = !options.isQuick && rows.some(hasFailed);
  // A peer that stumbles is noted; only Sluice can fail the run.
  return isMissed || results.faults.some(({ name }) => name === 'sluice') ? 1 : 0;
}

async function prepare(wanted: readonly Peer[]): Promise<{
  peers: Peer[];
  versions: Record<string, string>;
  missing: string[];
}> {
  const peers: Peer[] = [];
  const versions: Record<string, string> = {};
  const missing: string[] = [];
  for (const peer of wanted) {
    const found = await peer.prepare();
    if ('missing' in found) missing.push(`${peer.name} is missing: ${found.missing}`);
    else {
      peers.push(peer);
      versions[peer.name] = found.version;
    }
  }
  return { peers, versions, missing };
}

function withinFileLimit(effort: Effort): { effort: Effort; warnings: string[] } {
  const heldStreams = Math.min(effort.heldStreams, Math.floor((openFilesMax() - SPARE_FILES) / 2));
  if (heldStreams === effort.heldStreams) return { effort, warnings: [] };
  const warning = `memory: ${heldStreams} streams instead of ${effort.heldStreams}; raise the limit of open files (ulimit -Hn)`;
  return { effort: { ...effort, heldStreams }, warnings: [warning] };
}

function headline(machine: Machine, versions: Readonly<Record<string, string>>, effort: Effort): string {
  const { cpu, cores, kernel, node, commit, loadBefore } = machine;
  return [
    `${cpu}, ${cores} cores, ${kernel}, Node ${node}, commit ${commit}, load before the run ${loadBefore.toFixed(1)}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `medians of ${effort.rounds} rounds of ${effort.seconds} s; ${effort.heldStreams} streams held`,
  ].join('\n');
}

function hasFailed({ verdicts }: Row): boolean {
  return verdicts.some(({ isMet }) => isMet === false);
}

function showProgress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
}

function resultsFile(name: string): string {
  return fileURLToPath(new URL(`results/${name}`, import.meta.url));
}

/** Four significant figures are more than the machine repeats. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
