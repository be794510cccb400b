import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { PauseProvider } from './api/pause.tsx';
import { ProblemError } from './api/problem.ts';
import { Gate } from './shell/gate.tsx';
import { ThemeProvider } from './style/theme.tsx';

/** What was read is shown again at once for so long; then it is read anew behind it. */
const FRESH_MS = 2_000;
const MAX_RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // A refusal stays a refusal; only an unreachable gateway or a starting index is worth another try.
      retry: (count, error) =>
        count < MAX_RETRIES && error instanceof ProblemError && (error.status === 0 || error.status === 503),
    },
  },
});

/** The whole console: what everything in it needs, around the gate that asks who is there. */
export function Console() {
  return (
    <QueryClientProvider client={queries}>
      <ThemeProvider>
        <PauseProvider>
          <Router base="/console">
            <Gate />
          </Router>
        </PauseProvider>
      </ThemeProvider>
    </QueryClientProvider>
  );
}
