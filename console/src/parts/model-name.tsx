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
    <span className="model-name">
      <span className="swatch" style={{ background: colour }} />
      {isLink ? <Link href={`/models/${encodeURIComponent(id)}`}>{id}</Link> : id}
    </span>
  );
}
