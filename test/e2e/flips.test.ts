import { describe, expect, it } from 'vitest';
import { proveDisable } from '../prove/disable.ts';
import { broken } from '../prove/figure.ts';
import { proveFlips } from '../prove/flips.ts';

describe('configuration changes under load', () => {
  it('1,500 flips between disjoint configurations: none fails, each answer belongs to its version', {
    timeout: 120_000,
  }, async () => {
    expect(broken(await proveFlips({ flips: 1_500 }))).toEqual([]);
  });

  it('a disabled route is disabled when the call returns', { timeout: 60_000 }, async () => {
    expect(broken(await proveDisable({ rounds: 25, share: 0.9 }))).toEqual([]);
  });
});
