import type { ReactNode } from 'react';
import { CopyText } from './copy-text.tsx';

interface EmptyProps {
  readonly title: string;
  readonly advice: string;
  readonly command?: string;
  readonly action?: ReactNode;
}

/** Nothing is here yet: what the next step is, with a command that can be copied. */
export function EmptyState({ title, advice, command, action }: EmptyProps): ReactNode {
  return (
    <div className="empty">
      <strong>{title}</strong>
      <p className="muted">{advice}</p>
      {action}
      {command !== undefined && <CopyText text={command} />}
    </div>
  );
}
