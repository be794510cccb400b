import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';

type Report = Answer<'POST /models/{id}/check'>;

/** How one plain and one streamed call went. */
export function CheckResult({ report }: { readonly report: Report }): ReactNode {
  const { t } = useTranslation();
  return (
    <Panel title={t('check.title')}>
      <div className="stack" aria-live="polite">
        <OneCall name={t('check.plain')} call={report.plain} />
        <OneCall name={t('check.stream')} call={report.stream} />
      </div>
    </Panel>
  );
}

function OneCall({ name, call }: { readonly name: string; readonly call: Report['plain'] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="row">
      <StateTag tone={call.ok ? 'good' : 'bad'}>{name}</StateTag>
      {call.latency_ms !== null && <span className="num">{format.duration(call.latency_ms)}</span>}
      {call.first_token_ms !== null && (
        <span className="muted">{t('check.first', { time: format.duration(call.first_token_ms) })}</span>
      )}
      {call.error && (
        <span className="bad">
          <CodeWord list="errorClass" code={call.error.class} /> <code>{call.error.message}</code>
        </span>
      )}
    </div>
  );
}
