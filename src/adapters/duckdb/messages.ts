import type { RequestRecord } from '../../contract/event.ts';
import type { RequestRow } from '../../ports/event-store.ts';

/** A request as it crosses to the asking process: the texts of its frames, so that it is parsed once, there. */
export interface FoundRequest {
  readonly frame: string;
  /** The frame of what was said. */
  readonly said: string | null;
  readonly found: Omit<RequestRow, keyof RequestRecord>;
}

/** What the gateway's process sends. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What the index's process answers. */
export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly kind: 'unavailable' | 'range' | 'fault';
      readonly message: string;
    };
