import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useModelColour } from './use-models.ts';

/** A model with its colour, which is the same on every page. */
export function ModelName({
  id,
  isLink = true,
}: {
  readonly id: string;
  readonly isLink?: boolean;
}): ReactNode {
  const colour = useModelColour()(id);
  return (
    <ModelTag colour={colour}>
      {isLink ? <Link href={`/models/${encodeURIComponent(id)}`}>{id}</Link> : id}
    </ModelTag>
  );
}

/** The same for long lists, which ask for all colours once. */
export function ModelTag({
  colour,
  children,
}: {
  readonly colour: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className="model-name">
      <span className="swatch" style={{ background: colour }} />
      {children}
    </span>
  );
}
