import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatOf, type SaidTurn } from './repeat.ts';

type Said = NonNullable<SaidTurn['said']>;
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

/** One round's request, as its client sent it. */
function turn(round: number, before: number | null, more: Partial<SaidTurn> & { text?: Partial<Said> } = {}) {
  const { text, ...rest } = more;
  const said = { messages: [user(`q${round}`)], answer: `a${round}`, isCut: false, before, ...text };
  return { requestId: `r${round}`, round, isGood: true, said, ...rest };
}
const told = (turns: readonly SaidTurn[], requestId: string) => {
  const found = repeatOf(turns, requestId);
  return found.ok ? found.conversation.map(({ content }) => content).join(' ') : found.because;
};

describe('a question that is put again', () => {
  const system = { messages: [{ role: 'system', content: 'be kind' }, user('q1')] };
  it.each<[string, readonly SaidTurn[], string, string]>([
    ['is the first with its system text', [turn(1, 0, { text: system })], 'r1', 'be kind q1'],
    [
      'stands behind all that was said',
      [turn(1, 0, { text: system }), turn(2, 3), turn(3, 5)],
      'r3',
      'be kind q1 a1 q2 a2 q3',
    ],
    ['stands alone where its client sends nothing before it', [turn(1, 0), turn(2, 0)], 'r2', 'q2'],
    [
      'follows the newest answer of a round that was asked twice',
      [turn(1, 0), turn(1, 0, { requestId: 'again', text: { answer: 'b1' } }), turn(2, 2)],
      'r2',
      'q1 b1 q2',
    ],
    [
      'passes over an answer that broke',
      [turn(1, 0), turn(2, 2, { isGood: false, requestId: 'broken' }), turn(2, 2)],
      'r2',
      'q1 a1 q2',
    ],
    ['forgets what an edit of the first message took back', [turn(1, 0), turn(2, 0)], 'r2', 'q2'],
  ])('%s', (_, turns, id, words) => expect(told(turns, id)).toBe(words));

  it.each<[string, readonly SaidTurn[], string]>([
    ['nothing of it is kept', [turn(1, 0, { said: null })], 'text_gone'],
    ['nothing was answered', [turn(1, 0, { text: { answer: '' } })], 'text_gone'],
    ['more was said than is kept', [turn(1, 0, { text: { isCut: true } })], 'text_cut'],
    ['it had images or tools', [turn(1, null)], 'more_than_text'],
    [
      'the answer was begun for the model',
      [turn(1, 0, { text: { messages: [user('q'), assistant('Yes,')] } })],
      'more_than_text',
    ],
  ])('is not, where %s', (_, turns, because) => expect(told(turns, 'r1')).toBe(because));

  it.each<[string, readonly SaidTurn[]]>([
    ['began elsewhere', [turn(3, 4)]],
    ['was not kept', [turn(1, 0), turn(2, 2, { said: null }), turn(3, 4)]],
    ['was cut', [turn(1, 0, { text: { isCut: true } }), turn(2, 2), turn(3, 4)]],
    ['had an image', [turn(1, null), turn(2, 2), turn(3, 4)]],
    ['was shortened by its client', [turn(1, 0), turn(2, 2), turn(3, 2)]],
  ])('is not, where the conversation %s', (_, turns) => expect(told(turns, 'r3')).toBe('history_unknown'));

  it('holds what a client resent, over regenerations, retries and failures', () => {
    const kind = fc.constantFrom('next', 'again', 'fail');
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 12 }), fc.boolean(), (deeds, hasSystem) => {
        let history = hasSystem ? [{ role: 'system', content: 's' }] : [];
        let asked = 0; // messages up to the question
        let round = 0;
        let isOpen = false; // the last round has an answer
        const turns: SaidTurn[] = [];
        deeds.forEach((deed, n) => {
          if (round === 0 || (deed === 'next' && isOpen)) {
            round += 1;
            asked = history.length + 1;
            history = [...history, user(`q${n}`)];
          } else history = history.slice(0, asked); // asked again
          const answered = history.findLastIndex(({ role }) => role === 'assistant') + 1;
          const isGood = deed !== 'fail';
          const said = { messages: history.slice(answered), answer: `a${n}`, isCut: false, before: answered };
          turns.push({ requestId: `r${n}`, round, isGood, said });
          expect(repeatOf(turns, `r${n}`)).toEqual({ ok: true, conversation: history, answer: `a${n}` });
          isOpen = isGood;
          if (isGood) history = [...history, assistant(`a${n}`)];
        });
      }),
    );
  });
});
