import { describe, expect, it } from 'vitest';
import { cleanText } from './clean-text.ts';

describe('cleanText', () => {
  it.for([
    ['Incorrect API key provided: my-own-key-1. Try again', 'Incorrect API key provided: … Try again'],
    ['Incorrect API key provided: sk-12345****6789.', 'Incorrect API key provided: …'],
    ['refused Authorization: Bearer eyJhbGciOi.x.y here', 'refused Authorization: Bearer … here'],
    ['got sluice_01jd8_Zm9vYmFyYmF6 as a key', 'got sluice… as a key'],
    ['{"api_key":"abcd1234","n":1}', '{"api_key":"…","n":1}'],
    ['http://user:pa55word@10.0.0.1/v1 is away', 'http://…@10.0.0.1/v1 is away'],
    ["[type=a, input_value='my secret wish', input_type=str]", '[type=a, input_value=…, input_type=str]'],
  ])('%s', ([text = '', expected]) => {
    expect(cleanText(text)).toBe(expected);
  });

  it.for([
    'model "a": request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it',
    'the key key_01jd8 was revoked',
    'its model server cannot be connected to (ECONNREFUSED); is it running? `sluice doctor` tells more',
    'max_tokens: 4096 is too large',
  ])('leaves %s', (text) => {
    expect(cleanText(text)).toBe(text);
  });
});
