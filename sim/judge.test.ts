import { describe, expect, it } from 'vitest';
import { judgePrompt } from '../src/domain/judge-prompt.ts';
import { parseVerdict } from '../src/domain/verdict.ts';
import { verdictOn } from './judge.ts';

describe('a simulated judge', () => {
  it.each([
    ['Order SO-100001 arrives on 3 June.', 'done'],
    ['您的订单已发货，3 天内送达。', 'done'],
    ['抱歉，无法查询。', 'refused'],
    ['Sorry, I cannot help with that.', 'refused'],
    ['Which order do you mean?', 'asked_back'],
    ['It arrives today. Anything else?', 'done'],
    ['It depends on the carrier.', 'vague'],
    ['', 'unclear'],
  ])('says of "%s": %s', (answer, reason) => {
    const { user } = judgePrompt({ intentName: 'orders', question: 'Where is my order?', answer });
    expect(parseVerdict(verdictOn(user) ?? '')).toMatchObject({ ok: true, verdict: { reason } });
  });

  it.each(['Where is my order?', '{"answer":"a"}', '{"intent":1,"question":2,"answer":3}', '{'])(
    'has nothing to judge in %s',
    (message) => {
      expect(verdictOn(message)).toBeNull();
    },
  );
});
