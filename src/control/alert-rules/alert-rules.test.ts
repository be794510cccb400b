import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, addModels, openAdminRig } from '../../../test/support/admin-rig.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
  await addModels(rig, 'a');
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});

describe('rules', () => {
  it('are there from the first start, and gone once deleted', async () => {
    const { items } = (await rig.call('GET', '/alert-rules')).body;
    expect(items).toEqual([
      { id: 'breaker-opened', event: 'breaker_opened', enabled: true, model_id: null, version: 1 },
      { id: 'disk-low', event: 'disk_low', enabled: true, free_below_bytes: 1_073_741_824, version: 1 },
      { id: 'journal-dropping', event: 'journal_dropping', enabled: true, version: 1 },
      { id: 'rollout-aborted', event: 'rollout_aborted', enabled: true, version: 1 },
      { id: 'rollout-held', event: 'rollout_held', enabled: true, version: 1 },
    ]);
    await rig.call('DELETE', '/alert-rules/disk-low');
    expect((await rig.call('GET', '/alert-rules/disk-low')).status).toBe(404);
  });

  it('are completed by their event, changed field by field, in no configuration version', async () => {
    const before = (await rig.call('GET', '/config')).body.config_version;
    const made = await rig.call('POST', '/alert-rules', { id: 'slow', event: 'latency_p95', above: '8s' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        above: '8s',
        window: '5m',
        min_requests: 20,
        model_id: null,
        enabled: true,
        config_version: before,
      },
    });
    const changed = await rig.call(
      'PATCH',
      '/alert-rules/slow',
      { model_id: 'a', enabled: false },
      { 'if-match': '"1"' },
    );
    expect(changed.body).toMatchObject({ model_id: 'a', enabled: false, above: '8s', version: 2 });
    expect((await rig.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({
      resource: 'alert-rules/slow',
      before: { model_id: null, enabled: true },
      after: { model_id: 'a', enabled: false },
    });
  });

  it.each([
    ['a field of another event', { id: 'x', event: 'disk_low', above: '8s' }, 'above'],
    ['a model that is not there', { id: 'x', event: 'error_rate', model_id: 'none' }, 'model_id'],
    ['a share over a hundred', { id: 'x', event: 'error_rate', above_pct: 101 }, 'above_pct'],
    ['an unknown event', { id: 'x', event: 'breaker_closed' }, 'event'],
    ['a window without end', { id: 'x', event: 'no_traffic', window: '30d' }, 'window'],
  ])('refuse %s', async (_name, input, path) => {
    const { status, body } = await rig.call('POST', '/alert-rules', input);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it('keep the event they were made for', async () => {
    const { status, body } = await rig.call('PATCH', '/alert-rules/disk-low', { event: 'error_rate' });
    expect([status, body.errors[0].path]).toEqual([400, 'event']);
  });
});
