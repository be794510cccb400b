import { absorb, newTapState } from './answer.ts';
import { type Dialect, readWhole } from './dialect.ts';
import type { FrameReader } from './frames.ts';
import { tapListener } from './tap.ts';
import type { AnswerRelay } from './wire.ts';

/** The tap of a pass-through: every chunk goes out as it came in; a reader looks on and fills the state. */
export function passRelay(dialect: Dialect): AnswerRelay {
  const state = newTapState();
  let reader: FrameReader | null = null; // an answer in one piece needs none
  return {
    state,
    passThrough: true,
    midFrame: () => reader?.isOpen() ?? false,
    push(chunk) {
      reader ??= dialect.reader(tapListener(dialect, state));
      reader.push(chunk);
      return chunk;
    },
    end() {
      reader?.end();
      return null;
    },
    whole(body) {
      absorb(state, readWhole(dialect, body, state));
      return body;
    },
  };
}
