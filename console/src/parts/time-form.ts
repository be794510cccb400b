import { useSyncExternalStore } from 'react';

/** How moments are written: how long ago, or by date and clock. */
export type TimeForm = 'relative' | 'absolute';
const STORED = 'sluice.times';

let form: TimeForm = localStorage.getItem(STORED) === 'absolute' ? 'absolute' : 'relative';
const readers = new Set<() => void>();

/** One choice for the whole console, kept for the next visit. */
export function useTimeForm(): TimeForm {
  return useSyncExternalStore(watch, () => form);
}

export function chooseTimeForm(next: TimeForm): void {
  form = next;
  localStorage.setItem(STORED, next);
  for (const reader of readers) reader();
}

function watch(onChange: () => void): () => void {
  readers.add(onChange);
  return () => void readers.delete(onChange);
}
