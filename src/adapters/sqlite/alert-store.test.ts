import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { alertStoreConformance } from '../../ports/conformance/alert-store.ts';
import { openAlertStore } from './alert-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const kept = (keptAlerts: number | undefined) => (keptAlerts === undefined ? {} : { keptAlerts });
alertStoreConformance({
  name: 'SQLite in memory',
  make: (keptAlerts) => openAlertStore({ path: ':memory:', ...kept(keptAlerts) }),
});
alertStoreConformance({
  name: 'SQLite file',
  make: (keptAlerts) => openAlertStore({ path: join(folder, `${files++}.sqlite`), ...kept(keptAlerts) }),
});
