import { type EventStore, IndexUnavailable } from '../ports/event-store.ts';

const refuse = async (): Promise<never> => {
  throw new IndexUnavailable('this Sluice has no index of its journal');
};
const refuseRows = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) });

/** The index that is not there: every question is refused. */
export const noIndex: EventStore = {
  modelSums: refuse,
  series: refuse,
  requests: refuse,
  sessions: refuse,
  session: refuse,
  exportRequests: refuseRows,
  exportSessions: refuseRows,
  identitySums: refuse,
  state: refuse,
  caughtUp: refuse,
  rebuild: refuse,
  close: async () => {},
};
