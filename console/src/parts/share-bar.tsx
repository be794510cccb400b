import type { ReactNode } from 'react';
import { useFormat } from './use-format.ts';

export interface Part {
  readonly name: string;
  readonly size: number;
  readonly colour: string;
}

/** Parts of a whole as one bar, with their shares in words below. */
export function ShareBar({ parts }: { readonly parts: readonly Part[] }): ReactNode {
  const format = useFormat();
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const share = (size: number): number => (total === 0 ? 0 : size / total);
  return (
    <div className="share">
      <div className="share-bar" aria-hidden="true">
        {parts.map(({ name, size, colour }) => (
          <span key={name} style={{ flexGrow: size, background: colour }} />
        ))}
      </div>
      <ul className="legend">
        {parts.map(({ name, size, colour }) => (
          <li key={name}>
            <span className="swatch" style={{ background: colour }} />
            {name} <strong className="num">{format.share(share(size))}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
