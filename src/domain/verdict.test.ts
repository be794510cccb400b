import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JUDGE_REASONS } from './judgement.ts';
import { parseVerdict } from './verdict.ts';

const GOOD = '{"reason": "done", "completed": true}';

describe('parseVerdict', () => {
  it.each([
    ['bare', GOOD],
    ['with white space', `\n  ${GOOD}\r\n`],
    ['in a code fence', `\`\`\`json\n${GOOD}\n\`\`\``],
    ['in a fence without a language', `\`\`\`\n${GOOD}\n\`\`\``],
    ['after thoughts', `<think>\n{"completed": false}?\n</think>\n\n${GOOD}`],
    ['after thoughts, in a fence', `<think></think>\`\`\`JSON\n${GOOD}\n\`\`\``],
  ])('reads a verdict %s', (_name, answer) => {
    expect(parseVerdict(answer)).toEqual({
      ok: true,
      verdict: { completed: true, reason: 'done' },
    });
  });

  it('keeps "cannot tell" apart from no', () => {
    expect(parseVerdict('{"completed":null,"reason":"unclear"}')).toMatchObject({
      ok: true,
      verdict: { completed: null },
    });
  });

  it.each([
    ['', 'empty'],
    ['```json\n\n```', 'empty'],
    ['<think>It seems', 'unfinished_thought'],
    ['x'.repeat(70_000), 'too_long'],
    ['Yes.', 'not_json'],
    ['true, completed', 'not_json'],
    [`Here it is: ${GOOD}`, 'not_json'],
    [`${GOOD} I hope this helps`, 'not_json'],
    [`${GOOD}\n${GOOD}`, 'not_json'],
    [`\`\`\`json\n${GOOD}\n\`\`\` done`, 'not_json'],
    ["{'completed': true, 'reason': 'x'}", 'not_json'],
    ['{"completed": true, "reason": "x"', 'not_json'],
    ['true', 'not_an_object'],
    ['null', 'not_an_object'],
    [`[${GOOD}]`, 'not_an_object'],
    ['{"completed": true}', 'missing_field'],
    ['{"reason": "x"}', 'missing_field'],
    ['{}', 'missing_field'],
    ['{"completed": "true", "reason": "x"}', 'wrong_type'],
    ['{"completed": 1, "reason": "x"}', 'wrong_type'],
    ['{"completed": true, "reason": null}', 'wrong_type'],
    ['{"completed": true, "reason": "x", "score": 5}', 'unknown_field'],
    ['{"verdict": {"completed": true, "reason": "x"}}', 'unknown_field'],
    ['{"completed": false, "completed": true, "reason": "x"}', 'duplicate_field'],
    ['{"completed": false, "\\u0063ompleted": true, "reason": "x"}', 'duplicate_field'],
    ['{"completed": true, "reason": "the answer names the day"}', 'unknown_reason'],
    ['{"completed": true, "reason": "toString"}', 'unknown_reason'],
    ['{"completed": true, "reason": "vague"}', 'contradiction'],
    ['{"completed": false, "reason": "unclear"}', 'contradiction'],
  ])('%j is %s', (answer, fault) => {
    expect(parseVerdict(answer)).toEqual({ ok: false, fault });
  });

  it.each(Object.entries(JUDGE_REASONS))('takes %s for %s, however it is written', (reason, completed) => {
    const verdict = { completed, reason };
    for (const indent of [0, 1, '\t'])
      expect(parseVerdict(JSON.stringify(verdict, null, indent))).toEqual({ ok: true, verdict });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (answer) => {
        expect(typeof parseVerdict(answer).ok).toBe('boolean');
      }),
    );
  });
});
