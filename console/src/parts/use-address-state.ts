import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** One word of the address, so that every view can be linked to; the usual one is not written. */
export function useAddressState<T extends string>(name: string, usual: T): readonly [T, (value: T) => void] {
  const [words, setWords] = useSearchParams();
  const value = (words.get(name) ?? usual) as T;
  const set = useCallback(
    (next: T) =>
      setWords(
        (before) => {
          const after = new URLSearchParams(before);
          if (next === usual) after.delete(name);
          else after.set(name, next);
          return after;
        },
        { replace: true },
      ),
    [setWords, name, usual],
  );
  return [value, set];
}
