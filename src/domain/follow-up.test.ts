import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf } from './bucket.ts';
import { compileFollowUpPhrases, judgeFollowUp, readMessage } from './follow-up.ts';
import { DEFAULT_FOLLOW_UP_PHRASES } from './follow-up-phrases.ts';

interface Labelled {
  readonly previous: string;
  readonly message: string;
  readonly follow_up: boolean;
  readonly language: 'zh' | 'en';
  readonly kind: string;
  /** Looked at while the rules were tuned, wherever the split would put it. */
  readonly seen?: true;
}

const labelled: Labelled[] = readFileSync(
  new URL('../../test/labelled/follow-up.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { zh, en } = DEFAULT_FOLLOW_UP_PHRASES;
const phrases = compileFollowUpPhrases([...zh, ...en]);

const judge = (previous: string | null, message: string) =>
  judgeFollowUp(previous === null ? null : readMessage(previous), readMessage(message), phrases);
/** The rule of the split: nobody chooses where a pair falls. */
const isHeldOut = (pair: Labelled): boolean =>
  !pair.seen && placeOf(`${pair.previous}\n${pair.message}`).bucket >= 50;

function measure(pairs: readonly Labelled[]) {
  const found = pairs.filter((pair) => judge(pair.previous, pair.message).isFollowUp);
  const right = found.filter((pair) => pair.follow_up).length;
  const wanted = pairs.filter((pair) => pair.follow_up).length;
  return { pairs: pairs.length, precision: right / found.length, recall: right / wanted };
}

describe('the labelled list', () => {
  it('is large enough, without a pair given twice', () => {
    const pairs = new Set(labelled.map((pair) => `${pair.previous}\n${pair.message}`));
    expect(pairs.size).toBe(labelled.length);
    for (const language of ['zh', 'en']) {
      const own = labelled.filter((pair) => pair.language === language);
      expect(own.length).toBeGreaterThanOrEqual(120);
      expect(own.filter((pair) => pair.follow_up).length).toBeGreaterThanOrEqual(50);
    }
  });

  it.each([
    ['development', labelled.filter((pair) => !isHeldOut(pair)), 0.98, 0.9],
    ['held-out', labelled.filter(isHeldOut), 0.95, 0.85],
    ['held-out Chinese', labelled.filter((pair) => isHeldOut(pair) && pair.language === 'zh'), 0.95, 0.85],
    ['held-out English', labelled.filter((pair) => isHeldOut(pair) && pair.language === 'en'), 0.95, 0.85],
  ])('%s: precision and recall', (name, pairs, leastPrecision, leastRecall) => {
    const { precision, recall } = measure(pairs);
    const figures = `${name}: ${pairs.length} pairs, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
    process.stdout.write(`${figures}\n`);
    expect(precision, figures).toBeGreaterThanOrEqual(leastPrecision);
    expect(recall, figures).toBeGreaterThanOrEqual(leastRecall);
  });
});

describe('judgeFollowUp', () => {
  it('names the phrase that it found, as it is written in the list', () => {
    expect(judge('怎么退货', '不好意思，再說一遍！')).toEqual({
      isFollowUp: true,
      reason: 'phrase',
      phrase: '再说一遍',
      score: null,
    });
  });

  it('tells how alike two messages are', () => {
    expect(judge('怎么退货', '请问如何退货？')).toEqual({
      isFollowUp: true,
      reason: 'near_duplicate',
      phrase: null,
      score: 1,
    });
    expect(judge('怎么退货', '几点开门')).toMatchObject({ isFollowUp: false, reason: null, score: 0 });
  });

  it('looks for phrases alone where the message before is not known', () => {
    expect(judge(null, 'Say that again?')).toMatchObject({ reason: 'phrase' });
    expect(judge(null, 'Where is my order?')).toMatchObject({ isFollowUp: false, score: null });
  });

  it('takes the phrases of whoever runs it', () => {
    const own = compileFollowUpPhrases(['再來一次', 'eh']);
    const of = (text: string) => judgeFollowUp(null, readMessage(text), own).phrase;
    expect([of('再来一次'), of('Eh?'), of('eh eh eh'), of('没听懂'), of('Rehearse')]).toEqual([
      '再來一次',
      'eh',
      'eh',
      null,
      null,
    ]);
  });

  it('finds no phrase in a text that is about something else', () => {
    const story = '今天去办理业务的时候工作人员讲了一大堆专业名词，'.repeat(20);
    expect(judge('怎么开户', `${story}没听懂`).isFollowUp).toBe(false);
  });

  it('looks between the instructions that a client wraps around every message', () => {
    const before = `Use only the documents below. ${'Parcels are sent on weekdays, by road. '.repeat(12)}`;
    const wrap = (question: string): string => `${before}\nQuestion: ${question}\nAnswer in one sentence.`;
    expect(judge(wrap('When do you ship?'), wrap('Who pays for returns?')).isFollowUp).toBe(false);
    expect(judge(wrap('Who pays for returns?'), wrap('Please, who pays for a return?')).isFollowUp).toBe(
      true,
    );
    expect(judge(wrap('Who pays?'), wrap('Who pays?')).isFollowUp).toBe(true);
  });

  it('gives an answer to anything, the same each time', () => {
    const unit = fc.constantFrom('binary', 'grapheme');
    const text = unit.chain((each) => fc.string({ unit: each as 'binary' | 'grapheme', maxLength: 300 }));
    fc.assert(
      fc.property(text, text, (previous, message) => {
        const verdict = judge(previous, message);
        if (verdict.score !== null) {
          expect(verdict.score).toBeGreaterThanOrEqual(0);
          expect(verdict.score).toBeLessThanOrEqual(1);
        }
        expect(verdict.isFollowUp).toBe(verdict.reason !== null);
        expect(judge(previous, message)).toEqual(verdict);
      }),
    );
  });

  it('knows a question again, whatever the order number, and never takes another number for it', () => {
    const digits = fc.integer({ min: 100, max: 999_999 });
    fc.assert(
      fc.property(digits, digits, (one, other) => {
        fc.pre(one !== other);
        for (const ask of [(n: number) => `订单${n}什么时候到`, (n: number) => `Where is order ${n}?`]) {
          expect(judge(ask(one), ask(one)).isFollowUp).toBe(true);
          expect(judge(ask(one), ask(other)).isFollowUp).toBe(false);
        }
      }),
    );
  });

  it('does not care about width, case, marks or politeness', () => {
    const wide = (text: string) =>
      text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
    const dress = fc.constantFrom<(text: string) => string>(
      wide,
      (text) => text.toUpperCase(),
      (text) => `${text}？？`,
      (text) => `请问，${text}，谢谢`,
      (text) => `Hi, ${text} please!`,
      (text) => `"${text}"`,
    );
    const asked = labelled.map((pair) => pair.message).filter((text) => judge(text, text).isFollowUp);
    fc.assert(
      fc.property(fc.constantFrom(...asked), dress, (text, dressed) => {
        expect(judge(text, dressed(text)).isFollowUp).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
