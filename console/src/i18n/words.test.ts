import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en.json' with { type: 'json' };
import zh from './zh-CN.json' with { type: 'json' };

/** The words of the console: whole in both languages, all used, none missing. */
const folder = join(import.meta.dirname, '..');
const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

function keysOf(words: object, path = ''): [key: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`${path}${name}`, value]] : keysOf(value, `${path}${name}.`),
  );
}
const english = new Map(keysOf(en));
const chinese = new Map(keysOf(zh));
const placesIn = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('words', () => {
  it('are the same keys in both languages, in order', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it('are never empty, and leave room for the same values', () => {
    const odd = [...english].filter(
      ([key, text]) =>
        text.trim() === '' ||
        chinese.get(key)?.trim() === '' ||
        String(placesIn(text)) !== String(placesIn(chinese.get(key))),
    );
    expect(odd).toEqual([]);
  });

  it('are Chinese in Chinese', () => {
    const same = [...chinese].filter(([key, text]) => text === english.get(key) && /[a-z]{4,}/i.test(text));
    expect(same.filter(([key]) => !SAME_IN_BOTH.has(key))).toEqual([]);
  });

  it('are all there that the code names', () => {
    const named = [...code.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key = '']) => key);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((key) => !english.has(key))).toEqual([]);
  });

  it('are all used: by their name, or by a template that begins with theirs', () => {
    const templates = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map(([, start = '']) => start);
    const unused = [...english.keys()].filter(
      (key) => !code.includes(`'${key}'`) && !templates.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
});

/** Names that nobody translates. */
const SAME_IN_BOTH = new Set(['routes.tab.json']);
