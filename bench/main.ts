import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, type Effort } from './cases.ts';
import { bare } from './gateways/bare.ts';
import type { Peer } from './gateways/gateway.ts';
import { nginx } from './gateways/nginx.ts';
import { portkey } from './gateways/portkey.ts';
import { sluice } from './gateways/sluice.ts';
import { describeMachine } from './machine.ts';
import { openFilesMax } from './process-cost.ts';
import { printTable, type Row, summarise } from './report.ts';
import { runBench } from './run.ts';

const HELP = `npm run bench -- [--quick] [--only CASE]… [--peer NAME]… [--rounds N] [--seconds N] [--out FILE]
  --quick     one short round of everything (under 40 s): shows that it works, judges nothing
  --only      ${CASES.map(({ name }) => name).join(', ')}
  --peer      sluice, nginx, portkey, bare
  --seconds   length of one measurement (default 3)
Writes bench/results/latest.json after a whole run, else bench/results/last.local.json.`;

const FULL: Effort = { rounds: 3, seconds: 3, heldStreams: 5000 };
const QUICK: Effort = { rounds: 1, seconds: 0.5, heldStreams: 300 };
/** A gateway holds two sockets a stream, besides its own files. */
const SPARE_FILES = 500;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (process.platform !== 'linux') {
    console.error('bench: CPU time and memory of the servers are read from /proc, so it needs Linux.');
    return 1;
  }
  const isWhole = !values.quick && values.only.length === 0 && values.peer.length === 0;
  const basis = values.quick ? QUICK : FULL;
  const effort: Effort = {
    rounds: Number(values.rounds ?? basis.rounds),
    seconds: Number(values.seconds ?? basis.seconds),
    heldStreams: Math.min(basis.heldStreams, Math.floor((openFilesMax() - SPARE_FILES) / 2)),
  };
  const cases = CASES.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const wanted = [bare, sluice, nginx, portkey].filter(
    ({ name }) => values.peer.length === 0 || values.peer.includes(name),
  );
  if (cases.length === 0 || wanted.length === 0) {
    console.error(HELP);
    return 2;
  }

  const { peers, versions, missing } = await prepare(wanted);
  const startedAt = new Date();
  const machine = describeMachine();
  const results = await runBench({ peers, cases, effort, report: showProgress });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const rows = summarise(results);
  const faults = [...results.faults];
  if (effort.heldStreams < basis.heldStreams) {
    faults.push(
      `memory: ${effort.heldStreams} streams instead of ${basis.heldStreams}; raise the limit of open files (ulimit -n)`,
    );
  }

  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.kernel}, Node ${machine.node}, load before ${machine.loadBefore.toFixed(1)}, commit ${machine.commit}\n` +
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}\n` +
      `medians of ${effort.rounds} rounds of ${effort.seconds} s; ${effort.heldStreams} streams held\n`,
  );
  console.log(printTable(rows));
  for (const line of [...missing, ...faults]) console.log(`! ${line}`);

  const out = values.out ?? resultsFile(isWhole ? 'latest.json' : 'last.local.json');
  mkdirSync(dirname(out), { recursive: true });
  const record = {
    date: startedAt.toISOString(),
    machine,
    versions,
    effort,
    missing,
    faults,
    rows,
    rounds: results.rounds,
  };
  writeFileSync(out, `${JSON.stringify(record, rounded, 1)}\n`);
  console.log(`\nwritten to ${out}`);
  const isBroken = results.faults.length > 0 || (!values.quick && rows.some(hasFailed));
  return isBroken ? 1 : 0;
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
