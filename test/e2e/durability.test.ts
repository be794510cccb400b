import { describe, expect, it } from 'vitest';
import { broken } from '../prove/figure.ts';
import { proveKill } from '../prove/kill.ts';

describe('kill -9 under load', () => {
  it('loses no event of a finished answer, in journal, list or export, and leaves a configuration that is old or new', {
    timeout: 120_000,
  }, async () => {
    expect(broken(await proveKill({ kills: 3, answers: 60 }))).toEqual([]);
  });
});
