/** A channel gets so many messages in an hour by themselves; more are gathered. */
export const SINGLES_PER_HOUR = 3;
const HOUR_MS = 3_600_000;
/** How long a digest gathers: at most four an hour, and nothing is told later than this. */
export const DIGEST_DELAY_MS = 900_000;
/** What a digest holds; the rest is counted. */
export const MAX_NOTICES = 100;
/** Pauses after failed attempts; when the last has failed too the message is dead. Sum: 43 minutes, a mail server's restart. */
const RETRY_DELAYS_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000] as const;
/** Each pause is drawn from ± this share around its length, so that what failed together is not tried together. */
const JITTER = 0.25;

/** A message of one channel, of the last hour or waiting. */
export interface KnownMessage {
  readonly id: string;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  /** Gathers notices, and nobody has tried to send it yet. */
  readonly isGathering: boolean;
}

export type Placement =
  | { readonly kind: 'join'; readonly messageId: string }
  | { readonly kind: 'new'; readonly isDigest: boolean; readonly dueAtMs: number };

/** How far back messages count for `placeNotice`. */
export function countedSinceMs(nowMs: number): number {
  return nowMs - HOUR_MS;
}

/** Into which message of a channel a notice goes, given the channel's messages. */
export function placeNotice(messages: readonly KnownMessage[], nowMs: number): Placement {
  const gathering = messages.find(({ isGathering, dueAtMs }) => isGathering && dueAtMs > nowMs);
  if (gathering) return { kind: 'join', messageId: gathering.id };
  const recent = messages.filter(({ createdAtMs }) => createdAtMs > countedSinceMs(nowMs));
  const isDigest = recent.length >= SINGLES_PER_HOUR;
  return { kind: 'new', isDigest, dueAtMs: isDigest ? nowMs + DIGEST_DELAY_MS : nowMs };
}

/** Milliseconds until the next attempt after `failed` failed ones; null when there is none. `random`: 0 to 1. */
export function retryDelayMs(failed: number, random: number): number | null {
  const delayMs = RETRY_DELAYS_MS[failed - 1];
  return delayMs === undefined ? null : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random));
}
