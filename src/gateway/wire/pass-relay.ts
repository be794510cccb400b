import { absorb, newTapState } from './answer.ts';
import { type Dialect, readWhole } from './dialect.ts';
import type { FrameListener } from './frames.ts';
import type { AnswerRelay, TapState } from './wire.ts';

/** The tap of a pass-through: every chunk goes out as it came in; a reader looks on and fills the state. */
export function passRelay(dialect: Dialect): AnswerRelay {
  const state = newTapState();
  const reader = dialect.reader(tapListener(dialect, state));
  return {
    state,
    passThrough: true,
    midFrame: reader.isOpen,
    push(chunk) {
      reader.push(chunk);
      return chunk;
    },
    end() {
      reader.end();
      return null;
    },
    whole(body) {
      absorb(state, readWhole(dialect, body, state));
      return body;
    },
  };
}

/** Fills `state` from frames; the callbacks of `more` are told afterwards. */
export function tapListener(
  dialect: Dialect,
  state: TapState,
  more: Partial<FrameListener> = {},
): FrameListener {
  return {
    json(value, isError) {
      const delta = dialect.read(value, isError);
      if (delta === null) state.parseErrors += 1;
      else absorb(state, delta);
      more.json?.(value, isError);
    },
    done() {
      state.frames += 1;
      if (state.error === null) state.terminal = true;
      more.done?.();
    },
    garbage() {
      state.parseErrors += 1;
    },
    lost() {
      state.parseErrors += 1;
      state.parseTruncated = true;
    },
    ...(more.boundary ? { boundary: more.boundary } : {}),
  };
}
