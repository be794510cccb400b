import { describe, expect, it } from 'vitest';
import { broken } from '../prove/figure.ts';
import { proveReleases } from '../prove/releases.ts';
import { proveRolloutAbort } from '../prove/rollout-abort.ts';
import { proveRolloutKill } from '../prove/rollout-kill.ts';
import { proveRolloutYear } from '../prove/rollout-year.ts';

describe('rollouts', () => {
  it('stop a bad candidate at 5 %, let a good one through, and never promote on nothing', {
    timeout: 120_000,
  }, async () => {
    expect(broken(await proveReleases({ releases: 3, lookMinutes: 15 }))).toEqual([]);
  });

  it('go on in the same stage after a kill', { timeout: 120_000 }, async () => {
    expect(broken(await proveRolloutKill({ kills: 5 }))).toEqual([]);
  });

  it('aborted, leave everyone with stable, and cut no stream', { timeout: 120_000 }, async () => {
    expect(broken(await proveRolloutAbort({ rounds: 20, share: 0.5 }))).toEqual([]);
  });

  it('keep every rule while a team releases for weeks', { timeout: 120_000 }, async () => {
    expect(broken(await proveRolloutYear({ days: 28, releases: 7, limitSeconds: 90 }))).toEqual([]);
  });
});
