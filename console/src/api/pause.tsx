import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

interface Pause {
  readonly isPaused: boolean;
  setPaused(isPaused: boolean): void;
}

const PauseContext = createContext<Pause>({ isPaused: false, setPaused: () => {} });

/** Whether figures keep moving: one switch for the whole console. */
export function PauseProvider({ children }: { readonly children: ReactNode }) {
  const [isPaused, setPaused] = useState(false);
  const pause = useMemo(() => ({ isPaused, setPaused }), [isPaused]);
  return <PauseContext.Provider value={pause}>{children}</PauseContext.Provider>;
}

export function usePause(): Pause {
  return useContext(PauseContext);
}
