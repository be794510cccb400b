import { describe, expect, it } from 'vitest';
import { faultsOf } from './validate.ts';

const model = (id: string): string =>
  `{"id":"${id}","protocol":"ollama","base_url":"http://127.0.0.1:11434","upstream_model":"qwen2:7b"}`;

/** `line path` of each fault. */
function places(text: string): string[] {
  return faultsOf(text).map(({ line, path }) => `${line} ${path}`);
}

describe('faultsOf', () => {
  it('accepts a whole configuration, and one that owns only a part', () => {
    const routes = '"routes":[{"rules":[{"model_id":"a","weight":80},{"model_id":"b","weight":20}]}]';
    expect(faultsOf(`{"models":[${model('a')},${model('b')}],${routes}}`)).toEqual([]);
    expect(faultsOf(`{${routes}}`)).toEqual([]);
    expect(faultsOf('\uFEFF{"settings":{"cors":{"origins":[]}}}')).toEqual([]);
  });

  it('names wrong fields with their lines, in the order of the file', () => {
    const text = `{
  "models": [
    {"id": "a", "protocol": "olama",
     "base_url": "http://127.0.0.1:11434",
     "upstream_model": "qwen2:7b", "timeout": "soon"}
  ],
  "routs": []
}`;
    expect(places(text)).toEqual(['3 models[0].protocol', '5 models[0].timeout', '7 routs']);
  });

  it('sees what only the whole shows', () => {
    const text = `{"models": [
${model('a')},
${model('a')}],
"routes": [{"id": "r", "rules": [
  {"model_id": "a", "weight": 50},
  {"model_id": "gone", "weight": 40}]}]}`;
    expect(places(text)).toEqual(['3 models[1].id', '4 routes[0].rules', '6 routes[0].rules[1].model_id']);
  });

  it.each([
    ['{\n "models": [\n}', 3],
    ['{\n "models": [', 2],
    ['', 1],
  ])('says where %j stops being JSON', (text, line) => {
    expect(faultsOf(text)).toMatchObject([{ line, message: expect.stringContaining('is not JSON') }]);
  });
});
