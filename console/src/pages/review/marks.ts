import type { Answer, Body } from '../../api/call.ts';

export type Next = Answer<'GET /reviews/{id}/next'>;
export type Item = NonNullable<Next['item']>;
export type Question = Next['questions'][number];
export type Marks = NonNullable<Body<'POST /reviews/{id}/items/{item}'>['marks']>;
type Mark = Marks[string];

interface Choice {
  readonly mark: Mark;
  /** The first of them is the one that is told. */
  readonly keys: readonly string[];
  /** Its name among the words; a number speaks for itself. */
  readonly word?: 'common.yes' | 'common.no' | 'review.left' | 'review.bothSame' | 'review.right';
}

/** What a question of each scale can be answered with, in the order in which it is offered. */
export const CHOICES: Readonly<Record<Question['scale'], readonly Choice[]>> = {
  yes_no: [
    { mark: true, keys: ['y', '1'], word: 'common.yes' },
    { mark: false, keys: ['n', '0'], word: 'common.no' },
  ],
  '1-5': [1, 2, 3, 4, 5].map((mark) => ({ mark, keys: [String(mark)] })),
  which: [
    { mark: 'left', keys: ['1', 'ArrowLeft'], word: 'review.left' },
    { mark: 'same', keys: ['0'], word: 'review.bothSame' },
    { mark: 'right', keys: ['2', 'ArrowRight'], word: 'review.right' },
  ],
};

/** The mark that a key stands for; undefined for another key. */
export function markOf({ scale }: Question, key: string): Mark | undefined {
  return CHOICES[scale].find(({ keys }) => keys.includes(key))?.mark;
}

/** Without the last that was given. */
export function withoutLast(marks: Marks): Marks {
  return Object.fromEntries(Object.entries(marks).slice(0, -1));
}

/** A key with others held down is the browser's. */
export function isCommand({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}
