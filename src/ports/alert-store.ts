import type { Alert, AlertEvent, Measure, Notice } from '../domain/alert.ts';
import type { KnownMessage } from '../domain/alert-outbox.ts';

/** A message to write into the outbox. */
export interface NewMessage {
  readonly id: string;
  readonly channelId: string;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  readonly isDigest: boolean;
}

/** What one look at the facts changes, in one commit: alerts and what is to be told of them, or nothing. */
export interface AlertRecord {
  readonly opened: readonly Alert[];
  readonly resolved: readonly { readonly id: string; readonly atMs: number; readonly closing: Measure }[];
  readonly messages: readonly NewMessage[];
  /** Into new messages and into digests that gather. Beyond `MAX_NOTICES` of a message a notice is only counted. */
  readonly notices: readonly {
    readonly messageId: string;
    readonly alertId: string;
    readonly event: AlertEvent;
    readonly atMs: number;
  }[];
}

/** A message whose time has come. */
export interface DueMessage {
  readonly id: string;
  readonly channelId: string;
  readonly isDigest: boolean;
  /** Failed ones. */
  readonly attempts: number;
  /** In the order of writing; at most `MAX_NOTICES`. */
  readonly notices: readonly Notice[];
  /** Notices that it only counts. */
  readonly omitted: number;
}

/** How an attempt ended: sent, to be tried again, or given up. */
export type Outcome =
  | { readonly state: 'sent' | 'dead'; readonly atMs: number; readonly error: string | null }
  | { readonly state: 'waiting'; readonly dueAtMs: number; readonly error: string };

export type DeliveryState = Outcome['state'];

/** One notice on its way to one channel. */
export interface AlertDelivery {
  readonly channelId: string;
  readonly event: AlertEvent;
  readonly messageId: string;
  readonly isDigest: boolean;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueAtMs: number | null;
  readonly settledAtMs: number | null;
  readonly error: string | null;
}

export interface ListedAlert extends Alert {
  /** Rises with each alert. */
  readonly number: number;
  readonly deliveries: readonly AlertDelivery[];
}

export interface AlertQuery {
  /** Only smaller numbers; null starts at the newest. */
  readonly before: number | null;
  readonly limit: number;
  readonly isOpen: boolean | null;
  /** Alerts with a delivery in this state. */
  readonly delivery: DeliveryState | null;
}

/** Alerts that are kept; older ones that are over go with what was told of them. */
export const KEPT_ALERTS = 10_000;

/** Keeps alerts and the messages about them until they are sent, and after. Holds no rules. */
export interface AlertStore {
  openAlerts(): Promise<readonly Alert[]>;
  /** All or nothing, also through a crash. Throws and writes nothing when a rule already has an open alert for a model. */
  record(record: AlertRecord): Promise<void>;
  /** A channel's messages made after a time, and those that wait, newest last. */
  messagesOf(channelId: string, sinceMs: number): Promise<readonly KnownMessage[]>;
  /** The oldest due message of each channel but the busy ones. */
  due(nowMs: number, busyChannels: readonly string[]): Promise<readonly DueMessage[]>;
  /** When the next message of a channel that is not busy is due; null when none waits. */
  nextDueMs(busyChannels: readonly string[]): Promise<number | null>;
  /** Writes how an attempt ended; counts it. */
  settle(messageId: string, outcome: Outcome): Promise<void>;
  /** Newest first. */
  list(query: AlertQuery): Promise<readonly ListedAlert[]>;
  close(): Promise<void>;
}
