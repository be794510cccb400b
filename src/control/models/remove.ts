import { isOpen } from '../../contract/experiment.ts';
import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import type { ControlState } from '../state.ts';
import { modelOf } from './write.ts';

/** Removes a model that nothing uses, its secret with it; `in_use` says where it is used. */
export function removeModel({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'models.delete',
    resource: `models/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: modelOf(state, id).version });
      const uses = usesOf(id, state);
      if (uses.length > 0) {
        const errors = uses.map((path) => ({ path, message: `uses model "${id}"` }));
        throw new AdminFault('in_use', `model "${id}" is used by ${uses.join(', ')}`, errors);
      }
      return { models: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}

/** Every place that names a model, as a path. */
function usesOf(id: string, { models, routes, experiments, settings, rollouts }: ControlState): string[] {
  const uses: string[] = settings.document.judge.model_id === id ? ['settings judge.model_id'] : [];
  for (const [other, { document }] of models) {
    if (document.breaker.fallback_model_id === id) uses.push(`models/${other} breaker.fallback_model_id`);
  }
  for (const [experiment, { document }] of experiments) {
    if (!isOpen(document)) continue;
    const arms = document.arms.flatMap(({ model_id }, i) => (model_id === id ? [i] : []));
    uses.push(...arms.map((i) => `experiments/${experiment} arms[${i}].model_id`));
  }
  for (const [route, { document }] of routes) {
    if (document.stable_model_id === id) uses.push(`routes/${route} stable_model_id`);
    const named = [
      ...document.rules.map((rule, i) => [rule.model_id, `rules[${i}].model_id`] as const),
      ...document.audiences.map((audience, i) => [audience.model_id, `audiences[${i}].model_id`] as const),
    ];
    uses.push(...named.filter(([model]) => model === id).map(([, path]) => `routes/${route} ${path}`));
  }
  for (const [rollout, { document, state }] of rollouts) {
    if (state.status === 'draft' && document.candidate_model_id === id)
      uses.push(`rollouts/${rollout} candidate_model_id`);
  }
  return uses;
}
