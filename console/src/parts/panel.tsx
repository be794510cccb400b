import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title?: ReactNode;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
  /** A table fills the panel to its edges. */
  readonly isFlush?: boolean;
}

export function Panel({ title, extra, children, isFlush = false }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section
      className={isFlush ? 'panel flush' : 'panel'}
      {...(title !== undefined && { 'aria-labelledby': id })}
    >
      {title !== undefined && (
        <div className="panel-head">
          <h2 id={id}>{title}</h2>
          {extra}
        </div>
      )}
      {children}
    </section>
  );
}
