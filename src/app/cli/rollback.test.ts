import { describe, expect, it } from 'vitest';
import { versionBefore } from './rollback.ts';

const entry = (config_version: number, resource: string) => ({
  config_version,
  resource,
  at: '2025-01-01T00:00:00Z',
  actor: 'admin',
  action: 'x',
});
const history = [
  entry(5, 'models/a'),
  entry(4, 'routes/support'),
  entry(3, 'routes/other'),
  entry(2, 'routes/support'),
  entry(1, 'models/a'),
];

describe('versionBefore', () => {
  it('is the version that the last change of this route replaced', () => {
    expect(versionBefore('support', history)).toBe(3);
    expect(versionBefore('other', history)).toBe(2);
  });

  it('counts a change of the whole configuration', () => {
    expect(versionBefore('support', [entry(6, 'config'), ...history])).toBe(5);
  });

  it('says so when there is none, or it is no longer kept', () => {
    expect(() => versionBefore('nobody', history)).toThrow('has not changed in any kept version');
    expect(() => versionBefore('support', [entry(4, 'routes/support')])).toThrow('is kept');
  });
});
