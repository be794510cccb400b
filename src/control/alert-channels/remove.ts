import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { channelOf } from './write.ts';

/** Removes a channel. What waits for it is given up when its time comes. */
export function removeChannel({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'alert_channels.delete',
    resource: `alert-channels/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: channelOf(state, id).version });
      return { alertChannels: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
