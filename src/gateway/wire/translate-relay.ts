import { Fault } from '../fault.ts';
import { absorb, newTapState, type Timings } from './answer.ts';
import type { AnswerWriter, Ending } from './answer-writer.ts';
import { type Dialect, readWhole } from './dialect.ts';
import { tapListener } from './tap.ts';
import type { AnswerRelay, TapState } from './wire.ts';

/**
 * Reads an answer in the model server's protocol and writes it in the client's. An in-stream error goes into the
 * state and nowhere else; after it, and after a stream that stopped without its terminal marker, nothing is written.
 */
export function translateRelay(dialect: Dialect, writer: AnswerWriter): AnswerRelay {
  const state = newTapState();
  let out = '';
  let isFinished = false;
  let timings: Timings | null = null;

  const finish = (): void => {
    if (isFinished || !state.terminal || state.error !== null) return;
    isFinished = true;
    try {
      out += writer.finish({ finish: state.finishReason ?? 'stop', usage: state.usage, timings });
    } catch (error) {
      fail(
        state,
        error instanceof Fault ? error.message : 'the answer cannot be written in the protocol of the client',
      );
    }
  };
  const reader = dialect.reader(
    tapListener(dialect, state, {
      delta(delta) {
        timings = delta.timings ?? timings;
        if (state.error === null && !isFinished) out += writer.delta(delta);
        if (state.isOver) finish();
      },
      done: finish,
      lost: () => fail(state, 'the model server sent a frame that is too long to translate'),
    }),
  );
  const flush = (): Buffer | null => {
    if (out === '') return null;
    const bytes = Buffer.from(out);
    out = '';
    return bytes;
  };

  return {
    state,
    passThrough: false,
    midFrame: () => false, // only whole frames are given out
    push(chunk) {
      reader.push(chunk);
      return flush();
    },
    end() {
      reader.end();
      finish();
      return flush();
    },
    whole(body) {
      const delta = readWhole(dialect, body, state);
      absorb(state, delta);
      const ending: Ending = { finish: delta.finish, usage: state.usage, timings: delta.timings };
      return Buffer.from(writer.whole(delta, ending));
    },
  };
}

function fail(state: TapState, message: string): void {
  state.error ??= { message, type: null, code: null };
  state.terminal = false;
  state.isOver = false;
}
