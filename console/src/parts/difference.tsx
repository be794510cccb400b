import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DifferenceProps {
  readonly before: unknown;
  readonly after: unknown;
}

/** Two states of one thing beside each other: the fields that differ, as the audit keeps them. */
export function Difference({ before, after }: DifferenceProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="difference">
      <Side name={t('difference.before')} value={before} />
      <Side name={t('difference.after')} value={after} />
    </div>
  );
}

function Side({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  return (
    <div>
      <span className="muted small">{name}</span>
      <pre className="code">
        {value === null || value === undefined ? '–' : JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}
