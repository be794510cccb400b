import { expect, it } from 'vitest';
import { proveCalibration } from './prove/calibration.ts';
import { broken } from './prove/figure.ts';

it('calls few differences that are none, and finds one that is', () => {
  expect(broken(proveCalibration({ runs: 150, slowRuns: 15 }))).toEqual([]);
}, 60_000);
