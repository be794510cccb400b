import { describe, expect, it } from 'vitest';
import { newMessages } from './said.ts';
import { readRawBody } from './wire/raw-body.ts';

function said(json: object) {
  const { messages, isCut, before } = newMessages(readRawBody(Buffer.from(JSON.stringify(json))).skim);
  const textOf = (content: string | Uint8Array): string =>
    typeof content === 'string' ? content : (JSON.parse(Buffer.from(content).toString()) as string);
  return {
    messages: messages.map(({ role, content }) => ({ role, content: textOf(content) })),
    isCut,
    before,
  };
}
const user = (content: unknown) => ({ role: 'user', content });
const system = { role: 'system', content: 'be kind' };
const assistant = { role: 'assistant', content: 'answer' };
const LONG = '长'.repeat(5_000);

describe('the new messages of a request', () => {
  it.each([
    [
      'a first round with its system text',
      [{ role: 'system', content: 'be kind' }, user('hi')],
      'be kind|hi',
    ],
    ['only what follows the last answer', [user('one'), assistant, user('two')], 'two'],
    ['results of tools', [user('one'), assistant, { role: 'tool', content: '42' }], '42'],
    ['what stands before the beginning of an answer', [user('one'), assistant], 'one|answer'],
    ['the texts of parts, no images', [user([{ type: 'text', text: 'a' }, { type: 'image_url' }])], 'a'],
    ['long texts whole', [user(LONG), assistant, user(`${LONG}!`)], `${LONG}!`],
    ['nothing for an empty content', [user(null)], ''],
  ])('are %s', (_name, messages, expected) => {
    const { messages: kept, isCut } = said({ messages });
    expect([kept.map(({ content }) => content).join('|'), isCut]).toEqual([expected, false]);
  });

  it('are the prompt where there is one', () => {
    expect(said({ prompt: 'go' })).toEqual({
      messages: [{ role: 'user', content: 'go' }],
      isCut: false,
      before: 0,
    });
  });

  it.each<[string, object, number | null]>([
    ['none', { messages: [user('one')], tools: [], format: '' }, 0],
    [
      'a system text, a question and its answer',
      { messages: [system, user('one'), assistant, user('two')] },
      3,
    ],
    ['an answer, and a text in parts', { messages: [user('one'), assistant, user([{ text: 'two' }])] }, 2],
    ['unknown, for an image among parts', { messages: [user([{ type: 'image_url' }])] }, null],
    ['unknown, for an image beside the text', { messages: [{ ...user('see'), images: ['aGk='] }] }, null],
    [
      'unknown, for a tool’s result',
      { messages: [user('one'), assistant, { role: 'tool', content: '42' }] },
      null,
    ],
    ['unknown, for tools', { messages: [user('one')], tools: [{ type: 'function' }] }, null],
    ['unknown, for a form of answer', { messages: [user('one')], response_format: { type: 'json' } }, null],
    ['unknown, for a prompt with more than itself', { prompt: 'go', suffix: 'end' }, null],
  ])('stand behind messages whose number is %s', (_, json, before) => {
    expect(said(json).before).toBe(before);
  });

  it('are cut where they are longer than what is kept of a request', () => {
    const { messages, isCut } = said({
      messages: [user('x'.repeat(1_048_570)), user('0123456789'), user('z')],
    });
    expect([messages.map(({ content }) => content.length), isCut]).toEqual([[1_048_570, 6, 0], true]);
  });
});
