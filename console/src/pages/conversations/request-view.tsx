import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { CodeWord, useCodeWord } from '../../parts/code-word.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { PlainText } from '../../parts/plain-text.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';

type Asked = Answer<'GET /sessions/{id}'>['rounds'][number]['requests'][number];

/** One request: what was said, then who answered and why; the record as it is kept is one tab away. */
export function RequestView({ request }: { readonly request: Asked }): ReactNode {
  const { t } = useTranslation();
  const { said: _said, ...record } = request;
  return (
    <Tabs
      size="small"
      items={[
        { key: 'said', label: t('conversation.said'), children: <Said request={request} /> },
        { key: 'why', label: t('conversation.why'), children: <Why request={request} /> },
        {
          key: 'raw',
          label: t('conversation.raw'),
          children: <RawRecord record={record} />,
        },
      ]}
    />
  );
}

function RawRecord({ record }: { readonly record: object }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long record scrolls, also by keyboard
    <pre className="code raw" tabIndex={0}>
      {JSON.stringify(record, null, 2)}
    </pre>
  );
}

function Said({ request }: { readonly request: Asked }): ReactNode {
  const { t } = useTranslation();
  const { said, error_message, error_class } = request;
  return (
    <div className="talk">
      {said === null && <p className="muted">{t('conversation.nothingKept')}</p>}
      {said?.messages.map(({ role, content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said never changes its place
        <Bubble key={index} who={role} text={content} />
      ))}
      {said && said.thinking !== null && <Bubble who="thinking" text={said.thinking} />}
      {said && said.answer !== '' && <Bubble who="assistant" text={said.answer} />}
      {said?.is_cut && <p className="muted small">{t('conversation.cut')}</p>}
      {error_class !== null && (
        <p className="bad">
          <CodeWord list="errorClass" code={error_class} /> <code>{error_class}</code>{' '}
          <PlainText text={error_message ?? ''} />
        </p>
      )}
      <Timings request={request} />
    </div>
  );
}

function Bubble({ who, text }: { readonly who: string; readonly text: string }): ReactNode {
  return (
    <div className={`bubble ${who === 'user' ? 'from-user' : ''}`}>
      <span className="muted small">
        <CodeWord list="speaker" code={who} />
      </span>
      <div className="said">
        <PlainText text={text} />
      </div>
    </div>
  );
}

function Timings({ request }: { readonly request: Asked }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { model_id, latency_ms, ttft_ms, queued_ms, prompt_tokens, completion_tokens, is_follow_up } =
    request;
  return (
    <div className="row small muted num">
      {model_id !== null && <ModelName id={model_id} isLink={false} />}
      <span>{format.duration(latency_ms)}</span>
      {ttft_ms !== null && <span>{t('check.first', { time: format.duration(ttft_ms) })}</span>}
      {queued_ms !== null && queued_ms >= 1 && (
        <span>{t('conversation.queued', { time: format.duration(queued_ms) })}</span>
      )}
      {completion_tokens !== null && (
        <span>{t('conversation.tokens', { in: prompt_tokens ?? 0, out: completion_tokens })}</span>
      )}
      {is_follow_up && <StateTag tone="warn">{t('conversation.followUp')}</StateTag>}
    </div>
  );
}

/** The decision, step by step, in the words of the headers. */
function Why({ request }: { readonly request: Asked }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodeWord();
  const { bucket, position, reason, assigned_model_id, model_id, fallback, config_version, attempts } =
    request;
  return (
    <div className="stack">
      <p>
        {t('conversation.explain', {
          bucket: position === null ? (bucket ?? '–') : (position / 100).toFixed(2),
          reason: reason === null ? '–' : word('reason', reason),
          assigned: assigned_model_id ?? '–',
          version: config_version,
        })}{' '}
        {fallback !== null &&
          t('conversation.explainFallback', { model: model_id ?? '–', fallback: word('fallback', fallback) })}
      </p>
      <ol className="timeline">
        {attempts.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts never change their place
          <li key={index}>
            <span className="num">{format.duration(attempt.latency_ms)}</span>
            <ModelName id={attempt.model_id} />
            <StateTag tone={attempt.outcome === 'ok' ? 'good' : 'bad'}>
              {attempt.error_class === null ? (
                t(`outcome.${attempt.outcome}`)
              ) : (
                <CodeWord list="errorClass" code={attempt.error_class} />
              )}
            </StateTag>
          </li>
        ))}
      </ol>
    </div>
  );
}
