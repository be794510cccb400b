import { useCallback, useEffect, useRef, useState } from 'react';
import { type ChatEnd, chat } from '../../api/chat-stream.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Of an answer that is there. */
  readonly end?: ChatEnd & { readonly firstMs: number | null; readonly totalMs: number };
}

/** Whom to ask: a route as a user, or a model by its id. */
export interface Target {
  readonly route_id: string | null;
  readonly model_id: string | null;
  readonly user_id: string;
}

const NOTHING = { modelUsed: null, assignment: null, usage: null, error: null };

/** One conversation. What streams in is shown once a frame, however fast it comes. */
export function useChat(target: Target) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [isBusy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const session = useRef(`playground-${crypto.randomUUID()}`);
  useEffect(() => () => running.current?.abort(), []);

  const ask = useCallback(
    async (text: string): Promise<void> => {
      const asked: Turn[] = [...turns, { role: 'user', text }];
      const stop = new AbortController();
      running.current = stop;
      setBusy(true);
      const startMs = performance.now();
      let answer = '';
      let firstMs: number | null = null;
      let frame = 0;
      const show = (end?: Turn['end']): void => {
        frame = 0;
        setTurns([...asked, { role: 'assistant', text: answer, ...(end && { end }) }]);
      };
      show();
      const { route_id, model_id, user_id } = target;
      const end = await chat({
        signal: stop.signal,
        request: {
          messages: asked.map(({ role, text: content }) => ({ role, content })),
          session_id: session.current,
          ...(user_id !== '' && { user_id }),
          ...(model_id !== null ? { model_id } : route_id !== null && { route: route_id }),
        },
        onText(piece) {
          firstMs ??= performance.now() - startMs;
          answer += piece;
          frame ||= requestAnimationFrame(() => show());
        },
      }).catch(() => ({
        ...NOTHING,
        broken: stop.signal.aborted ? ('stopped' as const) : ('offline' as const),
      }));
      cancelAnimationFrame(frame);
      show({ ...end, firstMs, totalMs: performance.now() - startMs });
      setBusy(false);
    },
    [turns, target],
  );
  const clear = useCallback(() => {
    running.current?.abort();
    session.current = `playground-${crypto.randomUUID()}`;
    setTurns([]);
  }, []);
  return { turns, isBusy, ask, clear, stop: () => running.current?.abort() };
}
