import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertChannel } from '../../domain/alert-channel.ts';
import type { Notification, Notifier } from '../notifier.ts';

/** How the receiver behaves towards the next message. */
export type Manner = 'takes' | 'hangs' | 'resets' | 'garbage' | 'refuses' | 'is busy';

/** A receiver on this machine, and the channel that leads to it. */
export interface NotifierRig<C extends AlertChannel> {
  /** Of a notifier that gives up after a short time. */
  readonly notifier: Notifier<C>;
  readonly channel: C;
  /** What came since it was last asked. */
  take(): { readonly title: string; readonly text: string }[];
  behave(manner: Manner): void;
  /** The same channel with nobody at its end. */
  readonly deserted: C;
  close(): Promise<void>;
}

export interface NotifierCase<C extends AlertChannel> {
  readonly name: string;
  readonly open: () => Promise<NotifierRig<C>>;
}

export const notificationOf = (more: Partial<Notification> = {}): Notification => ({
  id: 'msg_1',
  kind: 'alert',
  atMs: Date.UTC(2025, 5, 1),
  title: '[Sluice] qwen3: 熔断器已打开',
  text: 'one line <b>& another</b>\nzweite Zeile 第三行',
  notices: [],
  omitted: 0,
  ...more,
});

/** What every Notifier must do. */
export function notifierConformance<C extends AlertChannel>({ name, open }: NotifierCase<C>): void {
  describe(`Notifier: ${name}`, () => {
    let rig: NotifierRig<C>;
    beforeAll(async () => {
      rig = await open();
      await rig.notifier.prepare();
    });
    afterAll(() => rig.close());

    const send = (more: Partial<Notification> = {}, channel = rig.channel) =>
      rig.notifier.send(channel, notificationOf(more));

    it('hands a message over once, as it is', async () => {
      rig.behave('takes');
      rig.take();
      expect(await send()).toEqual({ ok: true, note: null });
      const { title, text } = notificationOf();
      expect(rig.take()).toEqual([{ title, text }]);
    });

    it.each<Manner>(['hangs', 'resets', 'garbage', 'is busy'])(
      'may be tried again where the receiver %s',
      async (manner) => {
        rig.behave(manner);
        const beganMs = performance.now();
        expect(await send()).toMatchObject({
          ok: false,
          isFinal: false,
          message: expect.stringMatching(/\S/),
        });
        expect(performance.now() - beganMs).toBeLessThan(3_000);
      },
    );

    it('is final where the receiver refuses', async () => {
      rig.behave('refuses');
      expect(await send()).toMatchObject({ ok: false, isFinal: true });
    });

    it('may be tried again where nobody is', async () => {
      expect(await send({}, rig.deserted)).toMatchObject({ ok: false, isFinal: false });
    });

    it('works again at once when the receiver does', async () => {
      rig.behave('takes');
      expect(await send()).toMatchObject({ ok: true });
    });
  });
}
