import { memo, type ReactNode } from 'react';
import { type Block, blocksOf, piecesOf } from './markdown-blocks.ts';
import { PlainText } from './plain-text.tsx';

/**
 * Text of a model as a person reads it: headings, lists, code, bold. Nothing in it can load, link or run: images and
 * links stay the text that they were written as. While text streams only the last block is drawn again.
 */
export function Markdown({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="markdown">
      {blocksOf(text).map(({ kind, text: of, level }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever follow one another
        <OneBlock key={index} kind={kind} text={of} level={level} />
      ))}
    </div>
  );
}

const OneBlock = memo(({ kind, text, level }: Block): ReactNode => {
  if (kind === 'code') {
    return (
      <pre className="code">
        <PlainText text={text} />
      </pre>
    );
  }
  if (kind === 'heading') return <p className={`heading heading-${level}`}>{inline(text)}</p>;
  if (kind === 'item') {
    return (
      <p className="item" style={{ marginInlineStart: `${level * 18}px` }}>
        {inline(text)}
      </p>
    );
  }
  return <p>{inline(text)}</p>;
});

function inline(text: string): ReactNode {
  return piecesOf(text).map(({ kind, text: of }, index) => {
    const words = <PlainText text={of} />;
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
    if (kind === 'code') return <code key={index}>{words}</code>;
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
    if (kind === 'bold') return <strong key={index}>{words}</strong>;
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
    return <PlainText key={index} text={of} />;
  });
}
