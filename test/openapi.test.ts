import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { buildOpenApi } from '../src/contract/openapi.ts';

const fileOf = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('openapi.json is what the schemas say; `npm run openapi` writes it anew', () => {
  const { version } = JSON.parse(fileOf('package.json'));
  expect(fileOf('openapi.json')).toBe(`${JSON.stringify(buildOpenApi(version), null, 2)}\n`);
});
