import { absorb, newTapState } from './answer.ts';
import { type Dialect, readWhole } from './dialect.ts';
import { tapListener } from './tap.ts';
import type { AnswerRelay } from './wire.ts';

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
