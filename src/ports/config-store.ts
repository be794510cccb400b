import type { Role } from '../domain/access.ts';
import type { SavedBreaker } from './breakers.ts';
import type { SealedSecret } from './secret-box.ts';

export type ResourceKind = 'model' | 'route' | 'experiment' | 'settings' | 'intents';

/** One versioned document. `version` is the configuration version in which it last changed. */
export interface StoredResource {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly version: number;
  readonly document: object;
}

export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly mayOverride: boolean;
  /** Keyed digest of the key text, hexadecimal. The text itself is nowhere. */
  readonly digest: string;
  readonly createdAtMs: number;
}

export interface StoredSecret {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly field: string;
  readonly sealed: SealedSecret;
}

/** Sealed whole: most of a channel is a secret. Its version counts how often it was written. */
export interface StoredAlertChannel {
  readonly id: string;
  readonly version: number;
  readonly sealed: SealedSecret;
}

export interface StoredAlertRule {
  readonly id: string;
  readonly version: number;
  readonly document: object;
}

/** A rollout with its plan and where it stands. */
export interface StoredRollout {
  readonly id: string;
  readonly document: object;
  readonly state: object;
}

/** One change of a rollout; `number` is its version after it. */
export interface StoredRolloutEvent {
  readonly rolloutId: string;
  readonly number: number;
  readonly event: object;
}

/** A batch of answers to be rated, with its ratings. */
export interface StoredReview {
  readonly id: string;
  readonly version: number;
  readonly document: object;
}

export interface AuditRecord {
  readonly atMs: number;
  readonly actor: string;
  readonly actorName: string;
  readonly role: string;
  readonly ip: string | null;
  readonly action: string;
  readonly resource: string;
  /** Masked documents or parts of them; null where there was nothing. */
  readonly before: object | null;
  readonly after: object | null;
  readonly requestId: string | null;
  readonly configVersion: number;
}

export interface VersionRecord {
  readonly version: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
}

/** Everything that is in force now. */
export interface StoredState {
  /** Number of commits so far; the next commit must name it. */
  readonly revision: number;
  /** Newest configuration version; 0 before the first change. */
  readonly version: number;
  /** Fingerprint of the master key that this store was made with; null in a new store. */
  readonly masterKeyId: string | null;
  readonly resources: readonly StoredResource[];
  readonly keys: readonly StoredKey[];
  readonly secrets: readonly StoredSecret[];
  readonly alertChannels: readonly StoredAlertChannel[];
  readonly alertRules: readonly StoredAlertRule[];
  readonly reviews: readonly StoredReview[];
  readonly breakers: readonly SavedBreaker[];
  readonly rollouts: readonly StoredRollout[];
}

/** What one commit writes. Absent parts change nothing. */
export interface Commit {
  /** The revision that the change was made from; another present one means that somebody else wrote. */
  readonly expectedRevision: number;
  /** Absent where only clocks move, for which nobody answers. */
  readonly audit?: AuditRecord;
  /** Set when documents or the shares of rollouts change: the new configuration version, one more than the present one. */
  readonly version?: VersionRecord;
  /** Documents to write, all with the new version's number. */
  readonly puts?: readonly StoredResource[];
  readonly deletes?: readonly { readonly kind: ResourceKind; readonly id: string }[];
  readonly keyPuts?: readonly StoredKey[];
  readonly keyDeletes?: readonly string[];
  readonly secretPuts?: readonly StoredSecret[];
  readonly secretDeletes?: readonly Omit<StoredSecret, 'sealed'>[];
  readonly alertChannelPuts?: readonly StoredAlertChannel[];
  readonly alertChannelDeletes?: readonly string[];
  readonly alertRulePuts?: readonly StoredAlertRule[];
  readonly alertRuleDeletes?: readonly string[];
  readonly reviewPuts?: readonly StoredReview[];
  readonly reviewDeletes?: readonly string[];
  /** Nothing of what it takes away may be found in the store's files once it has resolved. */
  readonly erases?: true;
  readonly masterKeyId?: string;
  /** Breakers as they are after a change; the newest of each is kept. */
  readonly breakerPuts?: readonly SavedBreaker[];
  /** Ids of models whose breakers are forgotten. */
  readonly breakerDeletes?: readonly string[];
  /** Rollouts as they are after a change, with the events that made them so. */
  readonly rollouts?: {
    /** Of the writer's lease. */
    readonly fence: number;
    readonly puts: readonly StoredRollout[];
    readonly events: readonly StoredRolloutEvent[];
  };
}

/** Newest first. `before`: only entries with a smaller number; null starts at the newest. */
export interface HistoryPage {
  readonly before: number | null;
  readonly limit: number;
}

/** How many configuration versions are kept; older ones go in the commit that makes a new one. */
export const KEPT_VERSIONS = 1_000;

/** Somebody else has changed the store since the state was loaded. */
export class StaleStateError extends Error {
  constructor(expected: number, present: number) {
    super(`the store is at revision ${present}, the change was made from revision ${expected}`);
  }
}

/** The lease on rollouts has gone to another process. */
export class LostLeaseError extends Error {
  constructor(fence: number, newest: number) {
    super(`lease ${fence} on rollouts was followed by ${newest}`);
  }
}

/** Keeps configuration, keys, secrets (sealed), breakers, rollouts, history and audit. Holds no rules. */
export interface ConfigStore {
  load(): Promise<StoredState>;
  /**
   * All or nothing, also through a crash. Writes nothing and throws StaleStateError when the revision differs,
   * LostLeaseError when rollouts are written under a lease that is not the newest.
   */
  commit(commit: Commit): Promise<void>;
  /** The documents that were in force in a version; null when it is not kept or never was. */
  resourcesAt(version: number): Promise<readonly StoredResource[] | null>;
  versions(page: HistoryPage): Promise<readonly VersionRecord[]>;
  audit(page: HistoryPage): Promise<readonly (AuditRecord & { readonly id: number })[]>;
  /** Gives the lease on rollouts to the caller; its token is greater than all before, and those are worth nothing now. */
  takeLease(): Promise<number>;
  /** Events of a rollout, newest first. */
  rolloutEvents(rolloutId: string, page: HistoryPage): Promise<readonly StoredRolloutEvent[]>;
  close(): Promise<void>;
}
