import { readFileSync } from 'node:fs';

/** The version of this package. Built JavaScript stands one folder deeper than the sources. */
export const VERSION: string = readVersion();

function readVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (manifest.name === 'sluice-gateway') return manifest.version;
    } catch {
      // not at this depth
    }
  }
  throw new Error('package.json of sluice-gateway was not found beside its code');
}
