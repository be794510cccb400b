import { absorb, absorbText, type Delta, isTextAlone } from './answer.ts';
import type { Dialect } from './dialect.ts';
import type { FrameListener } from './frames.ts';
import { TextFrames } from './text-frames.ts';
import type { TapState } from './wire.ts';

/** What a relay wants to hear besides; called after the state was brought up to date. */
export interface TapHooks {
  delta?(delta: Delta, frame: unknown): void;
  done?(): void;
  lost?(): void;
  boundary?(after: number): void;
}

/** Fills `state` from the frames of a stream. */
export function tapListener(dialect: Dialect, state: TapState, hooks: TapHooks = {}): FrameListener {
  const textFrames = hooks.delta === undefined ? new TextFrames() : null; // nobody else wants to see the frames
  return {
    isKnown(frame) {
      const text = textFrames?.read(frame) ?? null;
      if (text !== null) absorbText(state, text);
      return text !== null;
    },
    json(value, isErrorField, frame) {
      const delta = dialect.read(value, isErrorField);
      if (delta === null) {
        state.parseErrors += 1;
        return;
      }
      absorb(state, delta);
      if (frame !== null && isTextAlone(delta)) textFrames?.learn(frame, delta.text);
      if (dialect.endsAtTerminal && state.terminal) state.isOver = true;
      hooks.delta?.(delta, value);
    },
    done() {
      state.frames += 1;
      if (state.error === null) {
        state.terminal = true;
        state.isOver = true;
      }
      hooks.done?.();
    },
    garbage() {
      state.parseErrors += 1;
    },
    lost() {
      state.parseErrors += 1;
      state.parseTruncated = true;
      hooks.lost?.();
    },
    ...(hooks.boundary ? { boundary: hooks.boundary } : {}),
  };
}
