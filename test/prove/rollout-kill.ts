import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { createRng } from '../../sim/rng.ts';
import { DRAFT, type RolloutState } from '../../src/domain/rollout/state.ts';
import { evolve, type RolloutEvent } from '../../src/domain/rollout/transition.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface RolloutKillScale {
  readonly kills: number;
}

const CHILD = fileURLToPath(new URL('../support/rollout-child.ts', import.meta.url));
const TICK_MS = 10;
/** How long a process lives after its start, and how long nobody is there after it. */
const [MOST_LIFE_MS, MOST_DOWN_MS] = [1_000, 200];
/** A look may come late on a busy machine; so much is the difference of two clocks and one look. */
const SLACK_MS = 2 * TICK_MS + 5;

interface Kept {
  readonly id: string;
  readonly state: RolloutState;
  readonly events: readonly RolloutEvent[];
}
interface Begun {
  readonly startedAtMs: number;
  readonly rollout: { readonly id: string; readonly stage: number } | null;
}

/**
 * The control plane is killed with SIGKILL at any moment of releases that follow one another, and started again on the
 * same store: the same stage goes on, none is entered twice or skipped, and nobody's absence counts as observed time.
 */
export async function proveRolloutKill({ kills }: RolloutKillScale): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rollout-kill-'));
  const path = join(folder, 'control.sqlite');
  const rng = createRng('rollout kills', kills);
  let [elsewhere, torn, wrongSteps, unearned, inFlight] = [0, 0, 0, 0, 0];
  let before: readonly Kept[] = [];
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const { child, begun } = await begin(path);
      const left = before.find(({ state }) => state.status === 'active');
      if (left !== undefined) inFlight += 1;
      if (!isDeepStrictEqual(shareOf(begun.rollout), shareOf(left && { id: left.id, ...left.state })))
        elsewhere += 1;
      await pause(rng.next() * MOST_LIFE_MS);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const after = readStore(path);
      torn += after.filter((one) => !isWhole(one)).length;
      wrongSteps += after.reduce((sum, { events }) => sum + stepsAside(events), 0);
      unearned += before.filter((one) => hasUnearned(one, after, begun.startedAtMs)).length;
      before = after;
      await pause(rng.next() * MOST_DOWN_MS);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const completed = before.filter(({ state }) => state.status === 'completed').length;
  return [
    atLeast('kills', kills, kills),
    atLeast('of them with a rollout under way', inFlight, Math.floor(kills / 2)),
    atLeast('rollouts that reached everyone', completed, Math.floor(kills / 20)),
    atMost('starts in another stage than the one that was left', elsewhere, 0),
    atMost('states that their events do not give again', torn, 0),
    atMost('stages entered twice or skipped', wrongSteps, 0),
    atMost('downtimes that earned credit', unearned, 0),
  ];
}

async function begin(path: string): Promise<{ readonly child: ChildProcess; readonly begun: Begun }> {
  const child = spawn(process.execPath, [CHILD, path, String(TICK_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return { child, begun: JSON.parse(line) as Begun };
}

function shareOf(one: { readonly id: string; readonly stage: number } | null | undefined) {
  return one ? { id: one.id, stage: one.stage } : null;
}

function readStore(path: string): Kept[] {
  const database = new DatabaseSync(path);
  try {
    const events = database.prepare('SELECT event FROM rollout_event WHERE rollout_id = ? ORDER BY number');
    return database
      .prepare('SELECT id, state FROM rollout ORDER BY id')
      .all()
      .map(({ id, state }) => ({
        id: String(id),
        state: JSON.parse(String(state)) as RolloutState,
        events: events.all(id ?? '').map(({ event }) => JSON.parse(String(event)) as RolloutEvent),
      }));
  } finally {
    database.close();
  }
}

/** Its events, one after the other, give its state again; clocks and lease move between them. */
function isWhole({ state, events }: Kept): boolean {
  const replayed = events.reduce(evolve, DRAFT);
  const { clock: _c, fence: _f, ...kept } = state;
  const { clock: _d, fence: _g, ...again } = replayed;
  return isDeepStrictEqual(kept, again) && events.every(({ version }, i) => version === i + 1);
}

function stepsAside(events: readonly RolloutEvent[]): number {
  const entered = events.filter(({ type }) => type === 'started' || type === 'stage_entered');
  return entered.filter(({ patch }, i) => patch.stage !== i).length;
}

/** Since the process began no more can have been observed than has passed, and two looks. */
function hasUnearned({ id, state }: Kept, after: readonly Kept[], startedAtMs: number): boolean {
  const now = after.find((one) => one.id === id)?.state;
  if (now === undefined || now.epoch !== state.epoch || now.clock.tickedAtMs === null) return false;
  const gainedMs = now.clock.holdMs - state.clock.holdMs;
  return gainedMs > Math.max(0, now.clock.tickedAtMs - startedAtMs) + SLACK_MS;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
