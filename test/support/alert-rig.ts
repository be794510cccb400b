import { vi } from 'vitest';
import { openAlertStore } from '../../src/adapters/sqlite/alert-store.ts';
import type { AlertSources } from '../../src/control/alerts/facts.ts';
import { type AlertWatch, startAlertWatch } from '../../src/control/alerts/watch.ts';

import type { ModelFigures } from '../../src/domain/alert-rule.ts';
import type { BreakerState } from '../../src/domain/breaker-change.ts';
import type { Attempt, Notification } from '../../src/ports/notifier.ts';
import { type AdminRig, addModels, openAdminRig } from './admin-rig.ts';

interface Sent {
  readonly channel: string;
  readonly id: string;
  readonly kind: Notification['kind'];
  readonly title: string;
  readonly lines: number;
}

/** A control plane that looks after alerts, over a store in memory, in a time that the test lets pass. */
export interface AlertRig {
  readonly admin: AdminRig;
  /** What went out. */
  readonly sent: Sent[];
  readonly troubles: string[];
  /** What the sources tell. */
  readonly facts: { dropped: number; freeBytes: number; figures: Map<string, ModelFigures> };
  /** How the next attempts go. */
  attempt: (channel: string) => Promise<Attempt>;
  titles(): string[];
  addChannel(id: string, more?: object): Promise<unknown>;
  /** Ends the watch and starts another, with breakers that are not closed. */
  restart(breakers?: Readonly<Record<string, BreakerState>>, sources?: Partial<AlertSources>): Promise<void>;
  /** Breakers turn, one after the other in the same moment. */
  turn(modelId: string, ...states: readonly BreakerState[]): Promise<void>;
  pass(ms: number): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers without declaring their shape
  alerts(query?: string): Promise<any[]>;
  close(): Promise<void>;
}

/** Immediates stay real: what is asked for has been done when one more has run. */
const FAKED = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'] as const;

/** Models `a` to `f` and the channel `mail`, which listens to everything. */
export async function openAlertRig(): Promise<AlertRig> {
  vi.useFakeTimers({ now: Date.UTC(2025, 5, 1), toFake: [...FAKED] });
  const store = openAlertStore({ path: ':memory:' });
  const sent: Sent[] = [];
  const troubles: string[] = [];
  const facts = { dropped: 0, freeBytes: 9e12, figures: new Map<string, ModelFigures>() };
  const admin = await openAdminRig({
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    alertStore: store,
    notifier: {
      prepare: async () => {},
      async send({ id: channel }, { id, kind, title, text }) {
        sent.push({ channel, id, kind, title, lines: text.split('\n').length });
        return rig.attempt(channel);
      },
    },
  });
  const begin = (breakers: Readonly<Record<string, BreakerState>>, sources: Partial<AlertSources>) =>
    startAlertWatch({
      core: admin.control.core(),
      sources: {
        figures: async () => facts.figures,
        dropped: () => facts.dropped,
        freeBytes: async () => facts.freeBytes,
        ...sources,
      },
      breakers: new Map(Object.entries(breakers).map(([id, state]) => [id, { state, reason: 'earlier' }])),
      random: () => 0.5,
      onTrouble: (message) => troubles.push(message),
    });
  const end = async (): Promise<void> => {
    const closing = watch.close();
    await rig.pass(2_000);
    await closing;
  };
  const rig: AlertRig = {
    admin,
    sent,
    troubles,
    facts,
    attempt: async () => ({ ok: true, note: null }),
    titles: () => sent.map(({ title }) => title),
    addChannel: (id, more = {}) =>
      admin.call('POST', '/alert-channels', { id, type: 'webhook', url: 'https://x.example.com/1', ...more }),
    async restart(breakers = {}, sources = {}) {
      await end();
      watch = await begin(breakers, sources);
      await rig.pass(1);
    },
    async turn(modelId, ...states) {
      for (const to of states) {
        const reason = `because it is ${to}`;
        watch.breakerChanged({ modelId, to, because: reason });
      }
      await new Promise((resolve) => setImmediate(resolve));
      await rig.pass(1);
    },
    pass: (ms) => vi.advanceTimersByTimeAsync(ms),
    alerts: async (query = '') => (await admin.call('GET', `/alerts${query}`)).body.items,
    async close() {
      await end();
      await admin.close();
      vi.useRealTimers();
    },
  };
  await addModels(admin, 'a', 'b', 'c', 'd', 'e', 'f');
  await rig.addChannel('mail');
  let watch: AlertWatch = await begin({}, {});
  return rig;
}
