import type { JournalSettings } from '../../domain/config.ts';
import type { SegmentFile } from './segment-files.ts';

export interface Kept {
  /** Oldest first. The last of each is written to, and stays. */
  readonly events: readonly SegmentFile[];
  readonly texts: readonly SegmentFile[];
}

/** The segments to remove: those too old, then the oldest while all take more than they may, texts before events. */
export function expiredSegments(
  { events, texts }: Kept,
  settings: JournalSettings,
  nowMs: number,
): SegmentFile[] {
  const removable = [...texts.slice(0, -1), ...events.slice(0, -1)];
  const expired: SegmentFile[] = [];
  let bytes = [...texts, ...events].reduce((sum, file) => sum + file.bytes, 0);
  const isOld = ({ log, changedMs }: SegmentFile): boolean =>
    changedMs < nowMs - (log === 'texts' ? settings.keepTextsMs : settings.keepEventsMs);
  const remove = (file: SegmentFile): void => {
    expired.push(file);
    bytes -= file.bytes;
  };
  removable.filter(isOld).forEach(remove);
  for (const file of removable) {
    if (bytes <= settings.maxBytes) break;
    if (!expired.includes(file)) remove(file);
  }
  return expired;
}
