import { Fragment, type ReactNode } from 'react';

/** What changes how other text looks or hides itself: controls, marks of direction, spaces without width. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\u{e0000}-\u{e007f}]/gu;

/** What a model or a user wrote: text and nothing else. Characters that would deceive are shown by their number. */
export function PlainText({ text }: { readonly text: string }): ReactNode {
  if (text.search(HIDDEN) < 0) return text;
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(HIDDEN)) {
    parts.push(text.slice(from, index), <Sign key={index} sign={sign} />);
    from = index + sign.length;
  }
  return (
    <Fragment>
      {parts}
      {text.slice(from)}
    </Fragment>
  );
}

function Sign({ sign }: { readonly sign: string }): ReactNode {
  const number = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return <span className="hidden-sign">U+{number}</span>;
}
