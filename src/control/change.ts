import type { Difference } from '../contract/config.ts';
import { AdminFault } from '../contract/fault.ts';
import { OPERATIONS, type OperationId } from '../contract/operations.ts';
import { allows, type Principal, type Role } from '../domain/access.ts';
import { checkConfig, compileSnapshot, type Snapshot } from '../domain/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import { type Commit, type ConfigStore, LostLeaseError, StaleStateError } from '../ports/config-store.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { faultOf, type RequestPaths } from './config-fault.ts';
import { differencesOf } from './differences.ts';
import { applyEdits, commitParts, type Edits, rolloutParts } from './edits.ts';
import { experimentsStruck } from './experiments/struck.ts';
import type { Ownership } from './ownership.ts';
import { refuseBeneathRollouts } from './rollouts/refuse-edits.ts';
import { rolloutsRestarted } from './rollouts/restarted.ts';
import type { SteppingCore } from './rollouts/step.ts';
import { createSerial } from './serial.ts';
import { type ControlState, configOf } from './state.ts';

/** The console session through which somebody asks. */
export interface CallerSession {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Who asks, and through which request. */
export interface Caller {
  readonly principal: Principal;
  /** Of the console; absent where a key was sent. */
  readonly session?: CallerSession;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** What Sluice does by itself; everything else is an operation of the admin API. */
export type OwnAction =
  | 'config.apply_file'
  | 'keys.create_first'
  | 'store.begin'
  | 'breakers.changed'
  | 'experiments.end'
  | 'rollouts.changed'
  | 'session.begin'
  | 'reviews.answered'
  | 'reviews.withdraw';

/** A change that was carried out. */
export interface Outcome {
  readonly before: ControlState;
  readonly state: ControlState;
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
}

export interface Change<T> extends RequestPaths {
  readonly action: OperationId | OwnAction;
  /** Looks at the present state and says what should differ. Pure; throws AdminFault. */
  readonly plan: (state: ControlState) => Edits;
  /** Makes the answer once the change is in force. */
  readonly answer: (outcome: Outcome) => T;
  readonly masterKeyId?: string;
  /** What the audit entry tells of an operation that changes nothing. */
  readonly noted?: object;
  /** What it removes is to be nowhere on the disk afterwards. */
  readonly erases?: true;
}

export interface DoorOptions {
  readonly state: ControlState;
  readonly snapshot: Snapshot;
  readonly store: ConfigStore;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly ownership: Ownership;
  /** What steps of rollouts need. */
  readonly stepping: SteppingCore;
  /** Called before the change is answered. */
  readonly publish: (state: ControlState, snapshot: Snapshot) => void;
}

/** Changes that may wait for the one under way; each takes about a millisecond. */
const MAX_WAITING = 256;

export type Door = ReturnType<typeof createDoor>;

/**
 * The one door for writes: authorise → plan → check → commit with its audit entry → publish → answer. A change is
 * wholly in force when its answer is sent, or nothing of it is. Changes go one after the other.
 */
export function createDoor(options: DoorOptions) {
  const { store, secretBox, clock, ownership, stepping } = options;
  const serial = createSerial({ limit: MAX_WAITING });
  let { state, snapshot } = options;

  async function carryOut<T>(caller: Caller, change: Change<T>): Promise<T> {
    const before = state;
    const edits = planned(options, before, change.plan);
    const next = applyEdits(before, edits);
    const differences = differencesOf(before, next);
    if (change.action !== 'config.apply_file') {
      ownership.refuse(differences);
      refuseBeneathRollouts(before, next);
    }
    const nextSnapshot = compile(next, change);
    const { principal, ip, requestId } = caller;
    const what = { action: change.action, resource: change.resource };
    const noted = edits.audited === undefined ? change.noted : edits.audited;
    const when = { atMs: clock.nowMs(), actor: principal.credentialId };
    await commit({
      ...commitParts(before, next, secretBox),
      ...rolloutParts(before, next, { edits, fence: stepping.fence }),
      ...(edits.breakers !== undefined && { breakerPuts: edits.breakers }),
      ...(change.erases && { erases: true }),
      ...(change.masterKeyId !== undefined && { masterKeyId: change.masterKeyId }),
      ...(next.version !== before.version && { version: { version: next.version, ...when, ...what } }),
      expectedRevision: before.revision,
      ...(noted !== null && {
        audit: {
          ...when,
          ...what,
          ...beforeAndAfter(change.resource, differences, { before, next }),
          ...(noted !== undefined && { after: noted }),
          actorName: principal.name,
          role: principal.role,
          ip,
          requestId,
          configVersion: next.version,
        },
      }),
    });
    state = next;
    snapshot = nextSnapshot;
    options.publish(state, snapshot);
    return change.answer({ before, state, differences, notes: edits.notes ?? [] });
  }

  async function commit(parts: Commit): Promise<void> {
    try {
      await store.commit(parts);
    } catch (error) {
      if (!(error instanceof StaleStateError || error instanceof LostLeaseError)) throw error;
      throw new AdminFault('busy', 'another process has written to this data folder; restart this one');
    }
  }

  /** A key leaves the snapshot as it is; anything else makes a new one, checked as a whole. */
  function compile<T>(next: ControlState, change: Change<T>): Snapshot {
    if (hasSameConfig(next, state)) return snapshot;
    const config = configOf(next);
    const faults = checkConfig(config);
    if (faults.length > 0) throw faultOf(faults, config, change);
    return compileSnapshot(next.version, config);
  }

  return {
    state: () => state,
    snapshot: () => snapshot,
    async change<T>(caller: Caller, change: Change<T>): Promise<T> {
      authorise(caller, change.action);
      return serial.run(() => carryOut(caller, change));
    },
    /** What a change would do: its differences, or its fault. */
    rehearse<T>(caller: Caller, change: Change<T>) {
      authorise(caller, change.action);
      const next = applyEdits(state, planned(options, state, change.plan));
      const differences = differencesOf(state, next);
      ownership.refuse(differences);
      refuseBeneathRollouts(state, next);
      compile(next, change);
      return differences;
    },
    /** True when the edits would leave everything as it is. */
    changesNothing(plan: Change<unknown>['plan']): boolean {
      const next = applyEdits(state, plan(state));
      return hasSameConfig(next, state);
    },
    idle: () => serial.idle(),
  };
}

/** Sluice acts as an admin; only signing in is somebody else's doing. */
const OWN_ROLE: Readonly<Record<OwnAction, Role>> = {
  'config.apply_file': 'admin',
  'keys.create_first': 'admin',
  'store.begin': 'admin',
  'breakers.changed': 'admin',
  'experiments.end': 'admin',
  'rollouts.changed': 'admin',
  'reviews.answered': 'admin',
  'reviews.withdraw': 'admin',
  'session.begin': 'viewer',
};

/** What a change wants different, and what follows of it for experiments and rollouts under way. */
function planned(
  { clock, stepping }: Pick<DoorOptions, 'clock' | 'stepping'>,
  before: ControlState,
  plan: Change<unknown>['plan'],
): Edits {
  const edits = plan(before);
  const after = applyEdits(before, edits);
  const struck = experimentsStruck(before, after, clock.nowMs);
  const experiments = new Map([...(edits.experiments ?? []), ...struck]);
  return { ...edits, ...rolloutsRestarted(stepping, before, after), ...(struck.size > 0 && { experiments }) };
}

export function authorise(caller: Caller, action: Change<unknown>['action']): void {
  const needed =
    action in OPERATIONS ? OPERATIONS[action as OperationId].role : OWN_ROLE[action as OwnAction];
  if (allows(caller.principal.role, needed)) return;
  throw new AdminFault(
    'forbidden',
    `${action} needs the role ${needed}, this key has ${caller.principal.role}`,
  );
}

/** Whether two states make the same snapshot: keys are no part of it. */
function hasSameConfig(a: ControlState, b: ControlState): boolean {
  return a.version === b.version && a.secrets === b.secrets;
}

/** One changed resource speaks for itself; several are told by name; otherwise a key was made or revoked. */
function beforeAndAfter(
  resource: string,
  differences: readonly Difference[],
  states: { readonly before: ControlState; readonly next: ControlState },
): { before: object | null; after: object | null } {
  const [only] = differences;
  if (only && differences.length === 1 && only.resource === resource) {
    return { before: only.before as object | null, after: only.after as object | null };
  }
  if (differences.length > 0) {
    const side = (of: 'before' | 'after') =>
      Object.fromEntries(differences.map((one) => [one.resource, one[of]]));
    return { before: side('before'), after: side('after') };
  }
  return { before: keyOnlyIn(states.before, states.next), after: keyOnlyIn(states.next, states.before) };
}

/** The key that one state has and the other has not, without its digest. */
function keyOnlyIn(state: ControlState, other: ControlState): object | null {
  for (const { id, name, role, mayOverride } of state.keys.values()) {
    if (!other.keys.has(id)) return { id, name, role, may_override: mayOverride };
  }
  return null;
}
