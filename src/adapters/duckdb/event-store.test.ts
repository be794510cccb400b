import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { openSegmentPen } from '../../../test/support/written-events.ts';
import { eventStoreConformance } from '../../ports/conformance/event-store.ts';
import { openEventStore } from './event-store.ts';

/** The index has low priority: beside other tests it gets little of a busy machine. */
vi.setConfig({ testTimeout: 90_000 });

const CASES = [
  { name: 'DuckDB', options: {} },
  { name: 'DuckDB, with all rolled up by hour', options: { blockFrames: 1 } },
];

for (const { name, options } of CASES)
  eventStoreConformance({
    name,
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'sluice-index-'));
      const journalFolder = join(folder, 'journal');
      const pens = { journal: openSegmentPen(journalFolder), texts: openSegmentPen(journalFolder, 'texts') };
      const store = openEventStore({ file: join(folder, 'events.duckdb'), journalFolder, ...options });
      return {
        store,
        write(frames) {
          for (const { kind, record } of frames)
            pens[kind === 'text' ? 'texts' : 'journal'].write(kind, record);
          for (const pen of Object.values(pens)) pen.flush();
        },
        async close() {
          await store.close();
          for (const pen of Object.values(pens)) pen.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
  });
