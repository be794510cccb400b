import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Panel } from '../../parts/panel.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { useFindings } from './use-findings.ts';

/** More warnings than these are behind a link. */
const MAX_SHOWN = 8;

/** What somebody should look at first; where there is nothing, that is said in one line. */
export function Attention(): ReactNode {
  const { t } = useTranslation();
  const { findings, isKnown } = useFindings();
  if (!isKnown)
    return (
      <Panel>
        <p className="muted">{t('attention.looking')}</p>
      </Panel>
    );
  if (findings.length === 0) {
    return (
      <Panel>
        <div className="row">
          <StateTag tone="good">{t('attention.fine')}</StateTag>
          <span className="muted">{t('attention.fineWhy')}</span>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title={t('attention.title')}>
      <ul className="findings">
        {findings.slice(0, MAX_SHOWN).map(({ key, tone, what, why, href }) => (
          <li key={key}>
            <StateTag tone={tone}>{what}</StateTag>
            <span className="finding-why">{why}</span>
            <Link href={href}>{t('attention.look')}</Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
