import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { ruleOf } from './write.ts';

export function removeRule({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'alert_rules.delete',
    resource: `alert-rules/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: ruleOf(state, id).version });
      return { alertRules: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
