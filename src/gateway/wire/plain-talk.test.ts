import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LongText, scanObject } from './json-scan.ts';
import { readPlainTalk } from './plain-talk.ts';

const LONG = 'It rains. 下雨了。'.repeat(20);
const MESSAGE = { role: 'user', content: 'Hello.' };

/** Reads `{"messages": …}`, its long texts cut out; each stand-in is resolved again. */
function read(text: string): unknown {
  const latin = Buffer.from(text).toString('latin1');
  const { spans, longTexts } = scanObject(latin, 0);
  const talk = spans.get('messages') ?? { start: 0, end: 0 };
  const whole = (cut: LongText): string =>
    JSON.parse(Buffer.from(latin.slice(cut.start, cut.end), 'latin1').toString()) as string;
  const standIn = (index: number): string => whole(longTexts[index] as LongText);
  return readPlainTalk({ latin, cuts: longTexts, standIn }, talk.start, talk.end);
}

const content = fc.oneof(
  fc.constantFrom('', 'Hello.', LONG, `${LONG}!`, 'é', 'say "no"', 'a\\b', 'a\nb', '\u007f0'),
  fc.string({ maxLength: 30 }),
);
const role = fc.constantFrom('user', 'assistant', 'system', 'developer', 'tool');
const message = fc
  .tuple(role, content, fc.boolean())
  .map(([role, content, isRoleFirst]) => (isRoleFirst ? { role, content } : { content, role }));

describe('a list of plain messages', () => {
  it('is what the parser makes of it, spaces or not, or is left to the parser', () => {
    let readings = 0;
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.constantFrom('', ' ', '  '), (messages, space) => {
        const members = messages.map((one) =>
          Object.entries(one).map(([key, value]) => `"${key}"${space}:${space}${JSON.stringify(value)}`),
        );
        const objects = members.map((two) => `{${space}${two.join(`${space},${space}`)}${space}}`);
        const talk = read(`{"n":"${LONG}","messages":[${space}${objects.join(`${space},`)}${space}],"z":1}`);
        if (talk === null) return;
        readings += 1;
        expect(talk).toEqual(messages);
      }),
      { numRuns: 500 },
    );
    expect(readings).toBeGreaterThan(100);
  });

  it.each([
    ['an empty list', '[]'],
    ['a third member', JSON.stringify([{ ...MESSAGE, name: 'bob' }])],
    ['a member alone', '[{"role":"user"}]'],
    ['a member twice', '[{"role":"user","role":"user"}]'],
    ['another role', '[{"role":"User","content":"a"}]'],
    ['a role with a space in it', '[{"role":" user","content":"a"}]'],
    ['a key with a space in it', '[{" role":"user","content":"a"}]'],
    ['parts', '[{"role":"user","content":[]}]'],
    ['no content', '[{"role":"user","content":null}]'],
    ['a text that needs decoding', '[{"role":"user","content":"é"}]'],
    ['an escape', '[{"role":"user","content":"a\\u0041"}]'],
    ['a control character', '[{"role":"user","content":"a\tb"}]'],
    ['a line break between', '[{"role":"user",\n"content":"a"}]'],
    ['a comma too many', '[{"role":"user","content":"a"},]'],
    ['a comma too few', '[{"role":"user","content":"a"}{"role":"user","content":"a"}]'],
    ['another bracket', '[{"role":"user","content":"a"}}'],
    ['no bracket', '[{"role":"user","content":"a"}'],
    ['no list', '{"role":"user","content":"a"}'],
  ])('leaves %s to the parser', (_name, list) => {
    expect(read(`{"messages":${list}}`)).toBeNull();
  });
});
