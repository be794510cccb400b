import { type AlertRuleInput, completeRule } from '../../contract/alert-rule.ts';
import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerRuleChange, editsForRule } from './write.ts';

/** All are looked at every few seconds. */
const MAX_RULES = 200;

export function createRule({ door }: ControlCore, caller: Caller, input: AlertRuleInput) {
  const { id } = input;
  return door.change(caller, {
    action: 'alert_rules.create',
    resource: `alert-rules/${id}`,
    plan(state) {
      if (state.alertRules.has(id)) {
        const message = `alert rule "${id}" exists already; change it with PATCH /admin/v1/alert-rules/${id}`;
        throw new AdminFault('clash', message, [{ path: 'id', message }]);
      }
      if (state.alertRules.size >= MAX_RULES) {
        throw new AdminFault('in_use', `there are ${MAX_RULES} alert rules already; remove one first`);
      }
      return editsForRule(state, completeRule(input));
    },
    answer: (outcome) => answerRuleChange(outcome, id),
  });
}
