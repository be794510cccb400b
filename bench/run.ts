import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type Case, type Effort, type Figures, warmUp } from './cases.ts';
import {
  freePort,
  type Gateway,
  type GatewayName,
  type Peer,
  type Surroundings,
} from './gateways/gateway.ts';
import type { LoadCommands } from './load.ts';
import type { MeasureId } from './measures.ts';
import type { UpstreamCommands } from './upstream.ts';
import { startWorker } from './worker.ts';

/** Figures of every round, by measure and server; a failed round stands in `faults` instead. */
export interface Results {
  readonly rounds: Partial<Record<MeasureId, Partial<Record<GatewayName, number[]>>>>;
  readonly faults: string[];
}

export interface RunOptions {
  readonly peers: readonly Peer[];
  readonly cases: readonly Case[];
  readonly effort: Effort;
  report(line: string): void;
}

/** Runs every case in interleaved rounds (A B C, A B C, …), so that a drift of the machine meets all alike. */
export async function runBench({ peers, cases, effort, report }: RunOptions): Promise<Results> {
  const results: Results = { rounds: {}, faults: [] };
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const load = startWorker<LoadCommands>(new URL('./load.ts', import.meta.url));
  const upstream = startWorker<UpstreamCommands>(new URL('./upstream.ts', import.meta.url));
  const bench: Bench = { load: load.commands, upstream: upstream.commands, effort };
  const running: Gateway[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
    load.stop();
    upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupt = (): void => void stopAll().then(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);

  try {
    const upstreamPorts = [await freePort(), await freePort()] as const;
    await upstream.commands.listen(upstreamPorts);
    const start = async (peer: Peer): Promise<Gateway> => {
      const around: Surroundings = {
        upstreamPorts,
        upstreamPid: upstream.pid,
        folder: mkdtempSync(join(folder, peer.name)),
      };
      const gateway = await peer.start(around);
      running.push(gateway);
      return gateway;
    };
    const stop = async (gateway: Gateway): Promise<void> => {
      running.splice(running.indexOf(gateway), 1);
      await gateway.stop();
    };
    const lasting = cases.some((each) => !each.isFresh) ? await startAll(peers, start, results) : new Map();
    for (const gateway of lasting.values()) await warmUp(bench, gateway);
    for (const each of cases) {
      for (let round = 1; round <= effort.rounds; round++) {
        for (const peer of peers.filter((one) => takesPart(one, each))) {
          report(`${each.name}, round ${round} of ${effort.rounds}, ${peer.name}`);
          const gateway = each.isFresh ? await start(peer) : lasting.get(peer.name);
          if (!gateway) continue;
          await measureOnce(each, bench, gateway, results);
          if (each.isFresh) await stop(gateway);
        }
      }
    }
    return results;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await stopAll();
  }
}

/** A server that does not start is a fault of its own; the others are still measured. */
async function startAll(
  peers: readonly Peer[],
  start: (peer: Peer) => Promise<Gateway>,
  results: Results,
): Promise<Map<GatewayName, Gateway>> {
  const started = new Map<GatewayName, Gateway>();
  for (const peer of peers) {
    try {
      started.set(peer.name, await start(peer));
    } catch (error) {
      results.faults.push(`${peer.name} did not start: ${error instanceof Error ? error.message : error}`);
    }
  }
  return started;
}

async function measureOnce(each: Case, bench: Bench, gateway: Gateway, results: Results): Promise<void> {
  try {
    addFigures(results, gateway.name, await each.measure(bench, gateway));
  } catch (error) {
    results.faults.push(`${each.name}, ${gateway.name}: ${error instanceof Error ? error.message : error}`);
  }
}

function addFigures(results: Results, name: GatewayName, figures: Figures): void {
  for (const [id, value] of Object.entries(figures) as [MeasureId, number][]) {
    const line = results.rounds[id] ?? {};
    line[name] = [...(line[name] ?? []), value];
    results.rounds[id] = line;
  }
}

function takesPart(peer: Peer, { protocol, without }: Case): boolean {
  return peer.protocols.includes(protocol) && !without.includes(peer.name);
}
