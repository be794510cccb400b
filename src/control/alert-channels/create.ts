import { type AlertChannelInput, completeChannel } from '../../contract/alert-channel.ts';
import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerChannelChange, checkTarget, unmask } from './write.ts';

/** Each alert is written once for each channel that listens. */
const MAX_CHANNELS = 50;

export function createChannel(core: ControlCore, caller: Caller, input: AlertChannelInput) {
  const { id } = input;
  return core.door.change(caller, {
    action: 'alert_channels.create',
    resource: `alert-channels/${id}`,
    plan({ alertChannels }) {
      if (alertChannels.has(id)) {
        const message = `alert channel "${id}" exists already; change it with PATCH /admin/v1/alert-channels/${id}`;
        throw new AdminFault('clash', message, [{ path: 'id', message }]);
      }
      if (alertChannels.size >= MAX_CHANNELS) {
        throw new AdminFault('in_use', `there are ${MAX_CHANNELS} alert channels already; remove one first`);
      }
      const document = unmask(completeChannel(input), null);
      checkTarget(core, document);
      return { alertChannels: new Map([[id, document]]) };
    },
    answer: (outcome) => answerChannelChange(outcome, id),
  });
}
