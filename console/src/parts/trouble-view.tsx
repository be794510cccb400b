import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/problem.ts';
import { useTroubleText } from '../api/use-trouble-text.ts';

interface TroubleProps {
  readonly error: Error;
  onRetry(): void;
}

/** What went wrong and what to do, where something should have been. */
export function TroubleView({ error, onRetry }: TroubleProps): ReactNode {
  const { t } = useTranslation();
  const { title, detail } = useTroubleText()(error);
  const status = error instanceof ProblemError ? error.status : null;
  const advice =
    status === 0
      ? t('common.offlineAdvice')
      : status === 403
        ? t('common.forbiddenAdvice')
        : status === 503
          ? t('common.unavailableAdvice')
          : t('common.failedAdvice');
  return (
    <div className="trouble" role="alert">
      <strong>{title}</strong>
      {detail !== null && <p>{detail}</p>}
      <p className="muted">{advice}</p>
      <Button onClick={onRetry}>{t('common.retry')}</Button>
    </div>
  );
}
