import { startChildSluice } from '../support/child-sluice.ts';
import { makeDataDir } from '../support/sluice.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface StartScale {
  readonly starts: number;
}

/** From the start of the process to its answer on /readyz: the first start in an empty folder, and later ones. */
export async function proveStart({ starts }: StartScale): Promise<Figure[]> {
  const { dataDir, remove } = await makeDataDir();
  const readyMs: number[] = [];
  let notReady = 0;
  for (let i = 0; i < starts; i += 1) {
    const began = performance.now();
    const sluice = await startChildSluice({ dataDir });
    if ((await fetch(`${sluice.url}/readyz`)).status !== 200) notReady += 1;
    readyMs.push(performance.now() - began);
    await sluice.kill();
  }
  await remove();
  return [
    atLeast('starts', readyMs.length, starts),
    atMost('starts that listened but were not ready', notReady, 0),
    atMost('until ready, p50', percentile(readyMs, 0.5), 1_500, 'ms'),
    atMost('until ready, slowest', Math.max(...readyMs), 3_000, 'ms'),
  ];
}
