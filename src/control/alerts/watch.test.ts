import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('a breaker', () => {
  it('is told once when it opens, however often it is tried, and once when it closes', async () => {
    await rig.turn('a', 'OPEN');
    for (let i = 0; i < 5; i += 1) {
      await rig.pass(5 * MINUTE_MS);
      await rig.turn('a', 'HALF_OPEN');
      await rig.turn('a', 'OPEN');
    }
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open']);
    await rig.turn('a', 'CLOSED');
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open', '[Sluice] a: breaker closed']);
    expect(await rig.alerts()).toMatchObject([
      {
        rule_id: 'breaker-opened',
        event: 'breaker_opened',
        model_id: 'a',
        state: 'resolved',
        opening: { reason: 'because it is OPEN' },
        closing: { reason: 'because it is CLOSED' },
        deliveries: [
          { channel_id: 'mail', event: 'breaker_opened', state: 'sent', attempts: 1, digest: false },
          { channel_id: 'mail', event: 'breaker_closed', state: 'sent', attempts: 1, digest: false },
        ],
      },
    ]);
  });

  it('that opens and closes at once is told in order', async () => {
    await rig.turn('a', 'OPEN', 'CLOSED', 'OPEN');
    expect(rig.titles()).toEqual([
      '[Sluice] a: breaker open',
      '[Sluice] a: breaker closed',
      '[Sluice] a: breaker open',
    ]);
  });

  it('is told to channels that listen', async () => {
    await rig.addChannel('closings', { events: ['breaker_closed'], language: 'zh-CN' });
    await rig.turn('a', 'OPEN');
    await rig.turn('a', 'CLOSED');
    expect(rig.sent.filter(({ channel }) => channel === 'closings').map(({ title }) => title)).toEqual([
      '[Sluice] a：熔断器已关闭',
    ]);
  });

  it('of a model that is removed, or a rule that is switched off, is over without a word', async () => {
    await rig.turn('a', 'OPEN');
    await rig.turn('b', 'OPEN');
    await rig.admin.call('DELETE', '/models/a');
    await rig.pass(5_000);
    expect((await rig.alerts('?state=open')).map((alert: { model_id: string }) => alert.model_id)).toEqual([
      'b',
    ]);
    await rig.admin.call('PATCH', '/alert-rules/breaker-opened', { enabled: false });
    await rig.pass(5_000);
    expect(await rig.alerts('?state=open')).toEqual([]);
    expect(rig.sent).toHaveLength(2);
  });
});

describe('a restart', () => {
  it('sends what was written and not sent, under the same id, once', async () => {
    rig.attempt = () => new Promise(() => {});
    await rig.turn('a', 'OPEN');
    expect(rig.sent).toHaveLength(1);
    rig.attempt = async () => ({ ok: true, note: null });
    await rig.restart({ a: 'OPEN' });
    await rig.pass(HOUR_MS);
    expect(rig.sent.map(({ id }) => id)).toEqual([rig.sent[0]?.id, rig.sent[0]?.id]);
    await rig.restart({ a: 'HALF_OPEN' });
    await rig.pass(HOUR_MS);
    expect(rig.sent).toHaveLength(2);
  });

  it('finds a breaker that opened before anything was written', async () => {
    await rig.restart({ a: 'HALF_OPEN' });
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open']);
  });

  it('tells that a breaker closed while nobody looked', async () => {
    await rig.turn('a', 'OPEN');
    await rig.restart();
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open', '[Sluice] a: breaker closed']);
  });
});

describe('figures', () => {
  const figuresOf = (share: number) => ({
    attempts: 100,
    errorRate: { status: 'ok', value: share, samples: 100 } as const,
    latencyMsP95: { status: 'ok', value: 900, samples: 100 } as const,
  });

  it('over a limit are told once, and their end after five calm minutes', async () => {
    await rig.admin.call('POST', '/alert-rules', { id: 'failing', event: 'error_rate', above_pct: 5 });
    rig.facts.figures.set('a', figuresOf(0.06)).set('b', figuresOf(0.05));
    await rig.pass(2 * MINUTE_MS);
    expect(rig.titles()).toEqual(['[Sluice] a: error rate 6.0 %']);
    rig.facts.figures.set('a', figuresOf(0.01));
    await rig.pass(4 * MINUTE_MS);
    rig.facts.figures.set('a', figuresOf(0.07));
    await rig.pass(2 * MINUTE_MS);
    rig.facts.figures.set('a', figuresOf(0.01));
    await rig.pass(5 * MINUTE_MS);
    expect(rig.sent).toHaveLength(1);
    await rig.pass(2 * MINUTE_MS);
    expect(rig.titles().slice(1)).toEqual(['[Sluice] a: error rate 6.0 %: over']);
  });

  it('tell of lost records within five seconds, and of a full disk', async () => {
    rig.facts.dropped = 3;
    await rig.pass(5_000);
    expect(rig.titles()).toEqual(['[Sluice] records are lost']);
    rig.facts.freeBytes = 1_000;
    await rig.pass(5_000);
    expect(rig.titles().slice(1)).toEqual(['[Sluice] disk low, 0.00 GiB free']);
  });

  it('that never come hold nothing back', async () => {
    await rig.admin.call('POST', '/alert-rules', { id: 'failing', event: 'error_rate' });
    await rig.restart({}, { figures: () => new Promise<null>(() => {}) });
    await rig.pass(10 * MINUTE_MS);
    await rig.turn('a', 'OPEN');
    expect(rig.titles()).toEqual(['[Sluice] a: breaker open']);
  });
});
