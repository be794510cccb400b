import type { AlertRuleAnswer, AlertRuleDocument } from '../../contract/alert-rule.ts';
import { invalid, notFound } from '../../contract/fault.ts';
import type { Outcome } from '../change.ts';
import type { Edits } from '../edits.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `alert_rules` verbs share. */
export function ruleOf(state: ControlState, id: string): Versioned<AlertRuleDocument> {
  const found = state.alertRules.get(id);
  if (!found) throw notFound('alert rule', id);
  return found;
}

export function answerRule(state: ControlState, id: string): AlertRuleAnswer {
  const { document, version } = ruleOf(state, id);
  return { ...document, version };
}

export function answerRuleChange({ state }: Outcome, id: string) {
  return { ...answerRule(state, id), config_version: state.version };
}

/** The edits that write a rule. Throws when it watches a model that is not there; one that goes later leaves it idle. */
export function editsForRule(state: ControlState, rule: AlertRuleDocument): Edits {
  const { id, model_id: modelId = null } = rule;
  if (modelId !== null && !state.models.has(modelId))
    throw invalid('model_id', `there is no model "${modelId}"`);
  return { alertRules: new Map([[id, rule]]) };
}
