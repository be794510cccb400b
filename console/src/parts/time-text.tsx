import { type ReactNode, useSyncExternalStore } from 'react';
import { useTimeForm } from './time-form.ts';
import { useFormat } from './use-format.ts';

const TICK_MS = 1_000;

/** How long ago, or when by date and clock, as somebody chose; exactly when where one points. */
export function TimeText({ time }: { readonly time: string | number }): ReactNode {
  const format = useFormat();
  const nowMs = useNow();
  const form = useTimeForm();
  return (
    <time dateTime={new Date(time).toISOString()} title={format.moment(time)}>
      {form === 'relative' ? format.ago(time, nowMs) : format.clock(time)}
    </time>
  );
}

/** Wall time in whole seconds; one timer for all who look at it. */
export function useNow(): number {
  return useSyncExternalStore(watchClock, readClock);
}

const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function watchClock(onTick: () => void): () => void {
  readers.add(onTick);
  timer ??= setInterval(() => {
    for (const reader of readers) reader();
  }, TICK_MS);
  return () => {
    readers.delete(onTick);
    if (readers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function readClock(): number {
  return Math.floor(Date.now() / TICK_MS) * TICK_MS;
}
