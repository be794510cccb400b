import type { Rng } from './rng.ts';
import type { FullSimModel } from './sim-model.ts';

/** When the pieces of one answer come: planned ahead, so that the durations an answer reports are the planned ones. */
export interface Pace {
  /** From the request to the first piece, loading included. */
  readonly firstMs: number;
  readonly loadMs: number;
  /** Between two pieces. */
  readonly gapMs: number;
}

export interface PaceOptions {
  readonly model: FullSimModel;
  readonly rng: Rng;
  readonly promptTokens: number;
  /** Time factor: 2 is twice as fast, Infinity is without any delay. */
  readonly speed: number;
  /** How many times slower than usual. */
  readonly slowFactor: number;
  /** Real time that loading the model takes before anything else. */
  readonly loadMs: number;
}

/** Draws first-token time and token rate; a long prompt takes longer to read. */
export function planPace({ model, rng, promptTokens, speed, slowFactor, loadMs }: PaceOptions): Pace {
  const reading = 1 + promptTokens / 4000;
  const firstMs = (rng.logNormal(model.firstTokenMs, 0.35) * reading * slowFactor) / speed;
  const gapMs = ((1000 / model.tokensPerSecond) * rng.logNormal(1, 0.12) * slowFactor) / speed;
  return { firstMs: firstMs + loadMs, loadMs, gapMs };
}
