import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, piecesOf } from './markdown-blocks.ts';

describe('blocks of Markdown', () => {
  it('are headings, items, code and paragraphs', () => {
    const text = '# Title\nfirst\nsecond\n\n- one\n  - two\n```ts\nconst a = "# no";\n```\n1. last';
    expect(blocksOf(text)).toEqual([
      { kind: 'heading', text: 'Title', level: 1 },
      { kind: 'paragraph', text: 'first\nsecond', level: 0 },
      { kind: 'item', text: '- one', level: 0 },
      { kind: 'item', text: '- two', level: 1 },
      { kind: 'code', text: 'const a = "# no";', level: 0 },
      { kind: 'item', text: '1. last', level: 0 },
    ]);
  });

  it('stand as they are while more text comes: only the last ones change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('# a', 'word', '', '- item', '```', '**b**')),
        fc.nat(),
        (lines, at) => {
          const text = lines.join('\n');
          const start = blocksOf(text.slice(0, at % (text.length + 1)));
          expect(blocksOf(text).slice(0, Math.max(0, start.length - 1))).toEqual(start.slice(0, -1));
        },
      ),
    );
  });

  it('are short enough to be drawn again', () => {
    const blocks = blocksOf('x'.repeat(100_000));
    expect(blocks).toHaveLength(25);
    expect(blocks.map(({ text }) => text).join('')).toHaveLength(100_000);
  });

  it('lose no character of a line', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const signs = (of: string): string => of.replace(/[`*]/g, '');
        expect(
          signs(
            piecesOf(text)
              .map((piece) => piece.text)
              .join(''),
          ),
        ).toBe(signs(text));
      }),
    );
  });

  it('end in time for whatever a model writes', () => {
    const startMs = performance.now();
    for (const text of ['`'.repeat(50_000), '*'.repeat(50_000), '**a'.repeat(20_000)]) piecesOf(text);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
