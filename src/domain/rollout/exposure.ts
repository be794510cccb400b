import { POSITIONS } from '../bucket.ts';

/** Positions from `from` up to, not including, `below`. */
export interface PositionRange {
  readonly from: number;
  readonly below: number;
}

const HALF = POSITIONS / 2;

/** The last positions belong to the candidate, so that growing only adds users. */
export function candidateRange(steps: number): PositionRange {
  return { from: POSITIONS - steps, below: POSITIONS };
}

/**
 * Whom the candidate's users are compared with: as many positions, ending in the middle, so that this group too only
 * grows; above 50 % all who are left. Empty at 100 %.
 */
export function controlRange(steps: number): PositionRange {
  return steps <= HALF ? { from: HALF - steps, below: HALF } : { from: 0, below: POSITIONS - steps };
}

/** The group of a position, null for those whom nobody counts. */
export function groupAt(position: number, steps: number): 'candidate' | 'control' | null {
  if (isIn(candidateRange(steps), position)) return 'candidate';
  return isIn(controlRange(steps), position) ? 'control' : null;
}

export function isIn({ from, below }: PositionRange, position: number): boolean {
  return position >= from && position < below;
}
