import type { AlertChannelPatch } from '../../contract/alert-channel.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerChannelChange, channelOf, checkTarget, patchChannel } from './write.ts';

export interface UpdateChannel {
  readonly id: string;
  readonly patch: AlertChannelPatch;
  readonly ifMatch: number | null;
}

export function updateChannel(core: ControlCore, caller: Caller, { id, patch, ifMatch }: UpdateChannel) {
  return core.door.change(caller, {
    action: 'alert_channels.update',
    resource: `alert-channels/${id}`,
    plan(state) {
      const { document, version } = channelOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      const patched = patchChannel(document, patch);
      checkTarget(core, patched);
      return { alertChannels: new Map([[id, patched]]) };
    },
    answer: (outcome) => answerChannelChange(outcome, id),
  });
}
