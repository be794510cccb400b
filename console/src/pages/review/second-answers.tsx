import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';

type Failure = NonNullable<Answer<'GET /reviews/{id}'>['pairs']>['failures'][number];

/** How far the second answers of a batch side by side are; nothing for another batch, or once all are there. */
export function SecondAnswers({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const { pairs } = useApi('GET /reviews/{id}', { id }).data ?? {};
  if (!pairs || pairs.waiting + pairs.failed === 0) return null;
  const { waiting, ready, failed, failures, held_up } = pairs;
  const reasonOf = ({ because, pairs: count }: Failure): string => {
    const own = OWN_REASONS.find((one) => one === because);
    return `${own === undefined ? because : t(`review.because.${own}`)}: ${count}`;
  };
  return (
    <div className="stack">
      <p role="status">{t('review.seconds', { ready, waiting, failed })}</p>
      {held_up !== null && <p className="bad small">{held_up}</p>}
      {failures.length > 0 && <p className="muted small">{failures.map(reasonOf).join(' · ')}</p>}
    </div>
  );
}

/** Others are classes of errors, whose names are the same in every language. */
const OWN_REASONS = [
  'history_unknown',
  'model_removed',
  'more_than_text',
  'not_kept',
  'text_cut',
  'text_gone',
] as const;
