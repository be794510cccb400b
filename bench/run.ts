import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Bench,
  type Case,
  type Effort,
  ENDING_STREAMS,
  type Figures,
  HELD_STREAMS,
  warmUp,
} from './cases.ts';
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
  /** What went wrong, and with whom. */
  readonly faults: { readonly name: GatewayName; readonly text: string }[];
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
  const bench: Bench = { load: load.commands, effort };
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
    const ending = [await freePort(), await freePort()] as const;
    const held = [await freePort(), await freePort()] as const;
    await upstream.commands.listen({ ports: ending, ...ENDING_STREAMS });
    await upstream.commands.listen({ ports: held, ...HELD_STREAMS });
    const start = async (peer: Peer, upstreamPorts: Surroundings['upstreamPorts']): Promise<Gateway> => {
      const own = mkdtempSync(join(folder, peer.name));
      const gateway = await peer.start({ upstreamPorts, upstreamPid: upstream.pid, folder: own });
      running.push(gateway);
      return gateway;
    };
    const lasting = new Map<GatewayName, Gateway>();
    if (cases.some((each) => !each.isHeld)) {
      for (const peer of peers) {
        await noting({ results, name: peer.name, what: 'start' }, async () => {
          const gateway = await start(peer, ending);
          await warmUp(bench, gateway, effort.warmSeconds);
          lasting.set(peer.name, gateway);
        });
      }
    }
    for (const each of cases) {
      for (let round = 1; round <= effort.rounds; round++) {
        for (const peer of peers.filter((one) => takesPart(one, each))) {
          report(`${each.name}, round ${round} of ${effort.rounds}, ${peer.name}`);
          await noting({ results, name: peer.name, what: each.name }, async () => {
            const gateway = each.isHeld ? await start(peer, held) : lasting.get(peer.name);
            if (!gateway) return;
            try {
              addFigures(results, gateway.name, await each.measure(bench, gateway));
            } finally {
              if (each.isHeld) await running.splice(running.indexOf(gateway), 1)[0]?.stop();
            }
          });
        }
      }
    }
    return results;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await stopAll();
  }
}

/** One server's failure must not hide the figures of the others. */
async function noting(
  { results, name, what }: { results: Results; name: GatewayName; what: string },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    results.faults.push({
      name,
      text: `${what}, ${name}: ${error instanceof Error ? error.message : error}`,
    });
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
