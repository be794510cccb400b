import { toAlertRule } from '../../contract/alert-rule.ts';
import type { Alert } from '../../domain/alert.ts';
import { type OpenAlert, turn } from '../../domain/alert-book.ts';
import { findingsOf, windowsOf } from '../../domain/alert-rule.ts';
import type { ControlCore } from '../core.ts';
import { rolloutFacts } from '../rollouts/told.ts';
import { createFacts, type FactsOptions, type TurnedBreaker } from './facts.ts';
import { createOutbox } from './outbox.ts';
import { recordOf } from './tell.ts';

export interface AlertWatchOptions extends Omit<FactsOptions, 'clock'> {
  readonly core: ControlCore;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onTrouble: (message: string) => void;
}

export interface AlertWatch {
  /** To be called where a breaker turns: takes a microsecond, and everything else follows later. */
  breakerChanged(change: TurnedBreaker): void;
  close(): Promise<void>;
}

/** A lost record is told within this. */
const TICK_MS = 5_000;
/** Counting takes the index some milliseconds. */
const COUNT_EVERY_TICKS = 12;
/** Changes of breakers that wait for a look; of more only the last state counts. */
const MAX_CHANGES = 1_000;

/**
 * Looks at the facts every few seconds and whenever a breaker turns, and has sent what is to be told. Resolves after
 * the first look, which finds what an earlier process was killed before writing.
 */
export async function startAlertWatch(options: AlertWatchOptions): Promise<AlertWatch> {
  const { core, onTrouble } = options;
  const { door, clock, alertStore: store, notifier } = core;
  const facts = createFacts({ ...options, clock });
  const changes: TurnedBreaker[] = [];
  const channelOf = (id: string) => door.state().alertChannels.get(id)?.document;
  const outbox = createOutbox({ ...options, store, notifier, clock, channelOf });
  const look = createLook(core, { facts, open: await store.openAlerts() });
  let isClosed = false;

  const lookAtAll = async (): Promise<void> => {
    do {
      const change = changes.shift();
      if (change !== undefined) facts.breakerChanged(change);
      if (await look()) outbox.wake();
    } while (changes.length > 0);
  };
  let work = Promise.resolve();
  /** One after the other. What fails is tried again with the next tick: nothing counts as told before it is written. */
  const then = (job: () => Promise<void>): void => {
    work = work
      .then(() => (isClosed ? undefined : job()))
      .catch((error: unknown) => onTrouble(`alerts cannot be looked after: ${String(error)}`));
  };
  let ticks = 0;
  const tick = async (): Promise<void> => {
    const { alertChannels } = door.state();
    if ([...alertChannels.values()].some(({ document }) => document.type === 'email'))
      await notifier.prepare();
    await facts.refresh();
    if (ticks % COUNT_EVERY_TICKS === 0) {
      // not waited for: an index that hangs must not hold back what a breaker did
      void facts.count(windowsOf(rulesOf(core))).then((isNew) => isNew && then(lookAtAll));
    }
    ticks += 1;
    await lookAtAll();
  };

  then(tick);
  await work;
  outbox.wake();
  const ticking = setInterval(() => then(tick), TICK_MS).unref();
  return {
    breakerChanged(change) {
      if (changes.length < MAX_CHANGES) changes.push(change);
      else facts.breakerChanged(change);
      if (changes.length === 1) setImmediate(() => then(lookAtAll));
    },
    async close() {
      clearInterval(ticking);
      isClosed = true;
      await work;
      await outbox.close();
    },
  };
}

interface Beginning {
  readonly facts: ReturnType<typeof createFacts>;
  readonly open: readonly Alert[];
}

/** One look: alerts that begin and end are written with their messages in one commit; true when there were any. */
function createLook(core: ControlCore, { facts, open: atStart }: Beginning): () => Promise<boolean> {
  const { door, ids, alertStore: store } = core;
  let open: readonly OpenAlert[] = atStart.map(toOpen);
  return async () => {
    const { models, alertChannels, rollouts } = door.state();
    const known = facts.now([...models.keys()], rolloutFacts(rollouts, core.clock.nowMs()));
    const turned = turn(open, findingsOf(rulesOf(core), known), known.nowMs);
    const hasTurned = turned.opened.length + turned.closed.length > 0;
    if (!hasTurned) {
      open = turned.kept;
      return false;
    }
    const channels = Array.from(alertChannels.values(), ({ document }) => document);
    const record = await recordOf({ turned, channels, nowMs: known.nowMs, ids, store });
    await store.record(record);
    open = [...turned.kept, ...record.opened.map(toOpen)];
    return true;
  };
}

function toOpen({ id, ruleId, event, modelId }: Alert): OpenAlert {
  return { id, ruleId, event, modelId, calmSinceMs: null };
}

function rulesOf({ door }: ControlCore) {
  const documents = Array.from(door.state().alertRules.values(), ({ document }) => document);
  return documents.filter(({ enabled }) => enabled).map(toAlertRule);
}
