import { join } from 'node:path';
import { JOURNAL_START, readJournal as readPage } from '../../src/adapters/journal/reader.ts';

export type JournalEvent = Record<string, unknown> & { readonly kind: string };

/** Every whole record in a data folder's journal, oldest first. May be read while Sluice runs. */
export function readJournal(dataDir: string): JournalEvent[] {
  const events: JournalEvent[] = [];
  for (let from = JOURNAL_START, isAtEnd = false; !isAtEnd; ) {
    const page = readPage({ folder: join(dataDir, 'journal'), from });
    for (const { frame } of page.frames) events.push({ kind: frame.kind, ...frame.record });
    from = page.next;
    ({ isAtEnd } = page);
  }
  return events;
}

/** The records of one kind. */
export function journalOf(dataDir: string, kind: string): JournalEvent[] {
  return readJournal(dataDir).filter((event) => event.kind === kind);
}

/** The one record of a request; throws when there is none, or more than one. */
export function requestEvent(dataDir: string, requestId: string): JournalEvent {
  const found = journalOf(dataDir, 'request').filter((event) => event.request_id === requestId);
  const [event] = found;
  if (!event || found.length > 1)
    throw new Error(`${found.length} events for request ${requestId}, expected 1`);
  return event;
}
