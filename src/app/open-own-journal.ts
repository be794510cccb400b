import { type Journal, type JournalOptions, openJournal } from '../adapters/journal/journal.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { DataFolder } from './data-folder.ts';
import { orStartError } from './start-error.ts';

export interface OwnJournalOptions extends Pick<JournalOptions, 'turn' | 'clock' | 'onTrouble'> {
  readonly folder: DataFolder;
  snapshot(): Snapshot;
}

/** The journal of the data folder, kept as the settings in force say. Throws StartError with one clear line. */
export function openOwnJournal({ folder, snapshot, ...parts }: OwnJournalOptions): Journal {
  return orStartError(() =>
    openJournal({
      ...parts,
      folder: folder.journalFolder,
      settings: () => snapshot().settings.journal,
    }),
  );
}
