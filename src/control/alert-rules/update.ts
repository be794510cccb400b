import { type AlertRulePatch, completeRule } from '../../contract/alert-rule.ts';
import { invalid } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerRuleChange, editsForRule, ruleOf } from './write.ts';

export interface UpdateRule {
  readonly id: string;
  readonly patch: AlertRulePatch;
  readonly ifMatch: number | null;
}

export function updateRule({ door }: ControlCore, caller: Caller, { id, patch, ifMatch }: UpdateRule) {
  return door.change(caller, {
    action: 'alert_rules.update',
    resource: `alert-rules/${id}`,
    plan(state) {
      const { document, version } = ruleOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      const { version: _v, managed_by: _m, config_version: _c, event = document.event, ...fields } = patch;
      if (event !== document.event) {
        throw invalid('event', `cannot change: this rule watches ${document.event}; make a new one`);
      }
      return editsForRule(state, completeRule({ ...document, ...fields, id }));
    },
    answer: (outcome) => answerRuleChange(outcome, id),
  });
}
