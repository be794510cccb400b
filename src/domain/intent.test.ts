import { describe, expect, it } from 'vitest';
import { compileIntents, type Intent, intentOf, judgeByRule } from './intent.ts';
import { decideJudgement } from './judgement.ts';

const INTENTS: readonly Intent[] = [
  {
    name: 'track order',
    phrases: ['查订单', '*订单*到*', 'track my order'],
    rule: { allOf: ['*订单*'], anyOf: ['已发货', '*预计*送达*'], noneOf: ['无法查询'] },
  },
  { name: 'change address', phrases: ['改地址', '改*地址'], rule: null },
  { name: 'refund', phrases: ['*refund*', '退款'], rule: { allOf: [], anyOf: ['*'], noneOf: [] } },
];
const compiled = compileIntents(INTENTS);

describe('intentOf', () => {
  it.each([
    ['你好，我要查订单', 'track order'],
    ['我的订单什么时候到？', 'track order'],
    ['我的訂單什麼時候到？', 'track order'],
    ['Track my order, please', 'track order'],
    ['改一下收货地址', 'change address'],
    ['Are REFUNDS possible?', 'refund'],
    ['查订单，还有退款', 'track order'],
    ['你好', null],
    ['', null],
  ])('%s → %s', (text, name) => {
    expect(intentOf(compiled, text)?.name ?? null).toBe(name);
  });
});

describe('judgeByRule', () => {
  const [track, change, refund] = compiled;
  it.each([
    ['您的订单已发货', true],
    ['订单 12 预计周五送达。', true],
    ['已发货', false],
    ['您的订单正在处理', false],
    ['订单已发货，但物流无法查询', false],
  ])('%s → %s', (answer, expected) => {
    expect(track && judgeByRule(track, answer)).toBe(expected);
  });

  it('finds what stands in the middle of a long answer', () => {
    const filler = '感谢您的耐心等待。'.repeat(500);
    expect(track && judgeByRule(track, `${filler}订单已发货${filler}`)).toBe(true);
    expect(track && judgeByRule(track, filler)).toBe(false);
  });

  it('says nothing without a rule, or by a rule that demands nothing', () => {
    expect(change && judgeByRule(change, '好的')).toBeNull();
    expect(refund && judgeByRule(refund, '好的')).toBeNull();
  });
});

describe('decideJudgement', () => {
  it.each([
    [
      { feedback: false, rule: true, judge_model: true },
      { taskCompleted: false, judgedBy: 'feedback' },
    ],
    [
      { feedback: null, rule: true, judge_model: false },
      { taskCompleted: true, judgedBy: 'rule' },
    ],
    [{ judge_model: false }, { taskCompleted: false, judgedBy: 'judge_model' }],
    [{ feedback: null, rule: null, judge_model: null }, null],
    [{}, null],
  ])('%j → %j', (opinions, expected) => {
    expect(decideJudgement(opinions)).toEqual(expected);
  });
});
