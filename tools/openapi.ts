// Writes openapi.json from the contract's schemas; test/openapi.test.ts fails when the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildOpenApi } from '../src/contract/openapi.ts';

const root = new URL('..', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
writeFileSync(new URL('openapi.json', root), `${JSON.stringify(buildOpenApi(version), null, 2)}\n`);
