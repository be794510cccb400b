import type { FramePlace } from './frame-texts.ts';
import { NOTED_COLUMNS, type Noted } from './noted-requests.ts';

/**
 * A request to be exported as numbers, of which one thread gives another many at once: where its frame stands, what was
 * noted about it, and where its text stands where that is wanted.
 */
export interface ExportedRow {
  readonly place: FramePlace;
  readonly noted: Noted;
  readonly textPlace: FramePlace | null;
}

/** For null: no segment, offset, word or rating is as low. */
const NONE = -(2 ** 31);
const PLACE = ['found.segment', 'found.byte'];
const TEXT_PLACE = ['text_segment', 'text_at'];
/** Where the columns begin. */
const NOTED_AT = PLACE.length;
const TEXT_AT = NOTED_AT + NOTED_COLUMNS.length;

/** What a statement selects to give rows of such numbers. */
export function exportedColumns(withTexts: boolean): readonly string[] {
  const names = [...PLACE, ...NOTED_COLUMNS, ...(withTexts ? TEXT_PLACE : [])];
  return names.map((name) => `coalesce(CAST(${name} AS INTEGER), ${NONE})`);
}

export function exportedRow(numbers: Int32Array, first: number, withTexts: boolean): ExportedRow {
  const number = (column: number): number | null => {
    const value = numbers[first + column] ?? NONE;
    return value === NONE ? null : value;
  };
  const truth = (column: number): boolean | null => {
    const value = number(column);
    return value === null ? null : value === 1;
  };
  const textSegment = withTexts ? number(TEXT_AT) : null;
  return {
    place: { segment: number(0) ?? 0, offset: number(1) ?? 0 },
    noted: {
      is_follow_up: truth(NOTED_AT),
      intent: number(NOTED_AT + 1),
      by_feedback: truth(NOTED_AT + 2),
      by_rule: truth(NOTED_AT + 3),
      by_model: truth(NOTED_AT + 4),
      judge_model: number(NOTED_AT + 5),
      judge_reason: number(NOTED_AT + 6),
      rating: number(NOTED_AT + 7),
    },
    textPlace: textSegment === null ? null : { segment: textSegment, offset: number(TEXT_AT + 1) ?? 0 },
  };
}
