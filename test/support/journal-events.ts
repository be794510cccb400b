import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scanSegment } from '../../src/adapters/journal/segment.ts';
import { readFrame } from '../../src/contract/frame.ts';

export type JournalEvent = Record<string, unknown> & { readonly kind: string };

/** Every whole record in a data folder's journal, oldest first. May be read while Sluice runs. */
export function readJournal(dataDir: string): JournalEvent[] {
  const folder = join(dataDir, 'journal');
  const events: JournalEvent[] = [];
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.journal'))
    .sort()) {
    scanSegment(join(folder, name), (payload) => {
      const frame = readFrame(payload.toString());
      if (frame !== null) events.push({ kind: frame.kind, ...frame.record });
    });
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
