import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AlertRig, openAlertRig } from '../../../test/support/alert-rig.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let rig: AlertRig;
beforeEach(async () => {
  rig = await openAlertRig();
});
afterEach(async () => {
  expect(rig.admin.internalErrors).toEqual([]);
  await rig.close();
});

describe('the outbox', () => {
  it('gathers what comes after three messages in an hour', async () => {
    for (const model of ['a', 'b', 'c', 'd', 'e', 'f']) await rig.turn(model, 'OPEN');
    expect(rig.sent).toHaveLength(3);
    await rig.pass(15 * MINUTE_MS);
    expect(rig.sent.slice(3)).toMatchObject([{ kind: 'digest', title: '[Sluice] 3 alerts', lines: 3 }]);
    const listed = await rig.alerts();
    expect(
      new Set(
        listed.map((alert: { deliveries: { message_id: string }[] }) => alert.deliveries[0]?.message_id),
      ).size,
    ).toBe(4);
    await rig.pass(HOUR_MS);
    await rig.turn('a', 'CLOSED');
    expect(rig.sent.at(-1)).toMatchObject({ kind: 'alert', title: '[Sluice] a: breaker closed' });
  });

  it('tries again with longer and longer pauses, then gives up, and shows what it gave up', async () => {
    rig.attempt = async () => ({ ok: false, isFinal: false, message: 'connection refused' });
    await rig.turn('a', 'OPEN');
    const times: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      await rig.pass(MINUTE_MS);
      times.push(rig.sent.length);
    }
    expect([times[0], times[2], times[12], times[43], times[59]]).toEqual([3, 4, 5, 6, 6]);
    expect(await rig.alerts('?delivery=dead')).toMatchObject([
      {
        model_id: 'a',
        deliveries: [{ state: 'dead', attempts: 6, error: 'connection refused', next_attempt_at: null }],
      },
    ]);
    expect(rig.troubles).toEqual(['an alert could not be told on channel mail: connection refused']);
  });

  it('gives up at once what would never work, and what has no channel any more', async () => {
    rig.attempt = async () => ({ ok: false, isFinal: true, message: 'answered 410' });
    await rig.turn('a', 'OPEN');
    rig.attempt = async () => ({ ok: false, isFinal: false, message: 'busy' });
    await rig.turn('b', 'OPEN');
    await rig.admin.call('DELETE', '/alert-channels/mail');
    await rig.pass(MINUTE_MS);
    expect(
      (await rig.alerts()).map((alert: { deliveries: { error: string }[] }) => alert.deliveries[0]?.error),
    ).toEqual(['the channel was removed', 'answered 410']);
  });

  it('lets a channel that hangs delay no other', async () => {
    await rig.addChannel('hook');
    rig.attempt = (channel) =>
      channel === 'mail' ? new Promise(() => {}) : Promise.resolve({ ok: true, note: null });
    await rig.turn('a', 'OPEN');
    await rig.turn('b', 'OPEN');
    expect(rig.sent.map(({ channel }) => channel).sort()).toEqual(['hook', 'hook', 'mail']);
  });

  it('never sends again what it could not write down as sent', async () => {
    const core = rig.admin.control.core();
    const settle = vi.spyOn(core.alertStore, 'settle').mockRejectedValue(new Error('disk full'));
    await rig.turn('a', 'OPEN');
    await rig.pass(HOUR_MS);
    expect(rig.sent).toHaveLength(1);
    settle.mockRestore();
    await rig.pass(5_000);
    expect(await rig.alerts('?delivery=sent')).toHaveLength(1);
    await rig.pass(HOUR_MS);
    expect(rig.sent).toHaveLength(1);
  });

  it('writes an alert later when it cannot be written now', async () => {
    const core = rig.admin.control.core();
    const record = vi.spyOn(core.alertStore, 'record').mockRejectedValue(new Error('disk full'));
    await rig.turn('a', 'OPEN');
    expect([rig.sent.length, rig.troubles[0]]).toEqual([0, expect.stringContaining('disk full')]);
    record.mockRestore();
    await rig.pass(5_000);
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open']);
  });
});
