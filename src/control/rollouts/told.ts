import type { RolloutFact } from '../../domain/alert-rule.ts';
import { blocksOf } from '../../domain/rollout/state.ts';
import { sayReason } from '../../domain/rollout/words.ts';
import type { RolloutRecord } from './record.ts';

/** An abort is news for so long. */
const NEWS_MS = 86_400_000;
const GOES_ON = { en: 'the rollout goes on', zh: '灰度发布继续推进' };

/** What people are told of rollouts: those that something but a person holds, and those that were aborted lately. */
export function rolloutFacts(
  rollouts: ReadonlyMap<string, RolloutRecord>,
  nowMs: number,
): readonly RolloutFact[] {
  const all = [...rollouts.values()];
  const underWay = all.filter(({ state }) => state.status === 'active');
  const tried = new Set(underWay.map(({ document }) => document.candidate_model_id));
  return all.flatMap(({ document, state }): RolloutFact[] => {
    const modelId = document.candidate_model_id;
    const isNews = state.ended !== null && nowMs - state.ended.atMs < NEWS_MS && !tried.has(modelId);
    if (state.status === 'aborted' && state.ended !== null && isNews) {
      return [{ modelId, event: 'rollout_aborted', isSo: true, said: sayReason(state.ended.reason) }];
    }
    if (state.status !== 'active') return [];
    const block = blocksOf(state.blocks).find((one) => one !== 'operator_pause');
    const held = block && state.blocks[block];
    return [
      {
        modelId,
        event: 'rollout_held',
        isSo: held !== undefined,
        said: held ? sayReason(held.reason) : GOES_ON,
      },
    ];
  });
}
