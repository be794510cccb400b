import type { Reading } from './gate-evidence.ts';

/** How a model is, as its breaker and its settings say. */
export interface ModelStanding {
  readonly isEnabled: boolean;
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Grows each time the breaker leaves CLOSED. */
  readonly incident: number;
}

/** What surrounds a rollout at one moment. */
export interface World {
  readonly candidate: ModelStanding;
  readonly stable: ModelStanding;
  readonly route: {
    readonly isEnabled: boolean;
    /** Its stable model is that of the plan, and its written rules give that model everyone. */
    readonly isIntact: boolean;
    /** Another rollout is active on it. */
    readonly isTaken: boolean;
  };
}

/** When something is asked, under which lease, and how the world is then. */
export interface Moment {
  readonly nowMs: number;
  /** Token of the asker's lease; grows with each lease that is given. */
  readonly fence: number;
  /** How often the rollout is looked at: a longer silence was not observed. */
  readonly tickMs: number;
  readonly world: World;
}

export const COMMANDS = [
  'start',
  'pause',
  'resume',
  'approve',
  'promote',
  'promote-full',
  'step-back',
  'abort',
  'retry',
  'cancel',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * What an operator asks for. It names the stage and the version that the operator saw, so that a second click or a stale
 * page does nothing; `retry` names the stage to begin at. `abort` and `pause` work without, and from any page.
 */
export interface Command {
  readonly kind: 'command';
  readonly name: CommandName;
  readonly by: string;
  /** Why, in the operator's words. */
  readonly text: string;
  readonly stage: number | null;
  readonly expectedVersion: number | null;
  readonly force: boolean;
  /** Whether who asks has the role that `force` needs. */
  readonly mayForce: boolean;
  /** The same id twice is done once; null for none. */
  readonly commandId: string | null;
}

/** What changes a rollout. */
export type RolloutInput =
  | Command
  /** Breakers, models or the route have changed. */
  | { readonly kind: 'world' }
  /** A model of the plan was edited: what was observed is of another one. */
  | { readonly kind: 'model_edited'; readonly modelId: string }
  /** Time has passed; `reading` is what the metrics say of the present epoch. */
  | { readonly kind: 'tick'; readonly reading: Reading }
  /** Somebody looks whether ticks come at all. */
  | { readonly kind: 'watch' };

/** Kill, abort, breaker, pause, what only waits or goes back, promote-full, promote, tick: what is asked at once is done so. */
function rankOf(input: RolloutInput, { candidate }: World): number {
  switch (input.kind) {
    case 'world':
      return candidate.isEnabled ? 2 : 0;
    case 'command':
      if (input.name === 'abort') return 1;
      if (input.name === 'pause') return 3;
      if (input.name === 'promote-full') return 6;
      return input.name === 'promote' ? 7 : 5;
    case 'model_edited':
    case 'watch':
      return 4;
    case 'tick':
      return 8;
  }
}

/** Inputs that came together in the order in which they are to be taken. */
export function inPrecedence(inputs: readonly RolloutInput[], world: World): RolloutInput[] {
  return inputs.toSorted((a, b) => rankOf(a, world) - rankOf(b, world));
}

/** Whether users could be sent to it. */
export function isUsable({ isEnabled, breaker }: ModelStanding): boolean {
  return isEnabled && breaker === 'CLOSED';
}
