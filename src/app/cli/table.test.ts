import { describe, expect, it } from 'vitest';
import { displayWidth, pad, table } from './table.ts';

describe('displayWidth', () => {
  it.each([
    ['model', 5],
    ['模型', 4],
    ['Ｆ', 2],
    ['한국', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['𠮷', 2],
    ['a\u200bb', 2],
    ['', 0],
  ])('%s takes %d cells', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('table', () => {
  it('aligns columns whatever the script, figures to the right, no spaces at the end', () => {
    const text = table(
      ['ID', 'NAME', '>SHARE'],
      [
        ['a', '稳定版', '80 %'],
        ['long-id', 'x', '5 %'],
      ],
    );
    expect(text.split('\n')).toEqual([
      'ID       NAME    SHARE',
      'a        稳定版   80 %',
      'long-id  x         5 %',
    ]);
  });

  it('lets no cell steer the terminal', () => {
    expect(table(['ID'], [['a\x1b[2Jb\n']])).toBe('ID\na�[2Jb�');
  });

  it('pads by cells', () => {
    expect(pad('模', 4)).toBe('模  ');
    expect(pad('模', 4, 'left')).toBe('  模');
    expect(pad('too long', 3)).toBe('too long');
  });
});
