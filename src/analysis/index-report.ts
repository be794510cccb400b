import type { IndexReport } from '../contract/analysis.ts';
import { IndexUnavailable } from '../ports/event-store.ts';
import type { AnalysisCore } from './core.ts';

/** How far the index is; that it cannot answer is an answer here. */
export async function indexReport({ store }: AnalysisCore): Promise<IndexReport> {
  try {
    const { requests, lagBytes, rebuilding } = await store.state();
    const state = rebuilding === null ? 'ready' : 'rebuilding';
    return { state, requests, lag_bytes: lagBytes, progress: rebuilding };
  } catch (error) {
    if (!(error instanceof IndexUnavailable)) throw error;
    return { state: 'unavailable', requests: null, lag_bytes: null, progress: null };
  }
}

/** Begins to make the index again, unless it is being made; how far it is, `indexReport` tells. */
export async function rebuildIndex(core: AnalysisCore): Promise<IndexReport> {
  const before = await indexReport(core);
  if (before.state === 'rebuilding') return before;
  core.store.rebuild().catch(() => {}); // the store tells of its troubles itself, and goes on trying
  return indexReport(core);
}
