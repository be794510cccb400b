import type { AlertChannelTest } from '../../contract/alert-channel.ts';
import { alertText } from '../../domain/alert-text.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { channelOf } from './write.ts';

/** Sends a test message past the outbox, once, and says how it went. The audit has who asked. */
export async function tryChannel(core: ControlCore, caller: Caller, id: string): Promise<AlertChannelTest> {
  const { document: channel } = channelOf(core.door.state(), id);
  await core.door.change(caller, {
    action: 'alert_channels.test',
    resource: `alert-channels/${id}`,
    plan: () => ({}),
    answer: () => undefined,
  });
  return core.tests.run(async () => {
    const { clock, ids, notifier } = core;
    const beganMs = clock.monotonicMs();
    const attempt = await notifier.send(channel, {
      ...alertText([], channel),
      id: ids.next('msg'),
      kind: 'test',
      atMs: clock.nowMs(),
      notices: [],
      omitted: 0,
    });
    const latencyMs = clock.monotonicMs() - beganMs;
    const error = attempt.ok ? attempt.note : attempt.message;
    return { channel_id: id, ok: attempt.ok, latency_ms: latencyMs, error };
  });
}
