import { type ReactNode, useRef } from 'react';

export interface LineFault {
  readonly line: number;
  readonly message: string;
}

interface JsonFieldProps {
  readonly label: string;
  readonly value: string;
  readonly faults: readonly LineFault[];
  readonly isReadOnly?: boolean;
  onChange(value: string): void;
}

/** Text with numbered lines; lines with a fault are marked, and their faults told below. */
export function JsonField({ label, value, faults, isReadOnly = false, onChange }: JsonFieldProps): ReactNode {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split('\n').length;
  const marked = new Set(faults.map(({ line }) => line));
  return (
    <div>
      <div className="editor">
        <div className="editor-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <div key={index} className={marked.has(index + 1) ? 'editor-fault' : ''}>
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          aria-label={label}
          aria-invalid={faults.length > 0}
          spellCheck={false}
          readOnly={isReadOnly}
          value={value}
          rows={Math.min(Math.max(lines, 8), 32)}
          wrap="off"
          onChange={({ target }) => onChange(target.value)}
          onScroll={({ currentTarget }) => gutter.current?.scrollTo({ top: currentTarget.scrollTop })}
        />
      </div>
      {faults.length > 0 && (
        <ul className="editor-faults" role="alert">
          {faults.map(({ line, message }) => (
            <li key={`${line} ${message}`} className="bad">
              <strong className="num">{line}</strong> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
