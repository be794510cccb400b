import { startBenchServer } from '../sim/bench-server.ts';
import type { BenchSettings } from '../sim/bench-settings.ts';
import { answerCommands } from './worker.ts';

export interface UpstreamCommands {
  /** Starts one model server on each port, all with these streams. */
  listen(plan: { readonly ports: readonly number[] } & Partial<BenchSettings>): Promise<null>;
}

/** The model servers, in a process of their own that the bare measurement is charged for. */
answerCommands<UpstreamCommands>({
  async listen({ ports, ...streams }) {
    for (const port of ports) await startBenchServer({ port, ...streams });
    return null;
  },
});
