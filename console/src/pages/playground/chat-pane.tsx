import { Button, Input, Select } from 'antd';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCodeWord } from '../../parts/code-word.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PlainText } from '../../parts/plain-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { type Turn, useChat } from './use-chat.ts';

export interface Asker {
  ask(text: string): void;
}

interface Named {
  readonly id: string;
}

interface ChatPaneProps {
  readonly index: number;
  readonly models: readonly Named[];
  readonly routes: readonly Named[];
  readonly ref: Ref<Asker>;
}

const ROUTE = 'route:';
const MODEL = 'model:';

export function ChatPane({ index, models, routes, ref }: ChatPaneProps): ReactNode {
  const { t } = useTranslation();
  const usual =
    index === 0 || !models[index] ? `${ROUTE}${routes[0]?.id ?? ''}` : `${MODEL}${models[index].id}`;
  const [chosen, setChosen] = useState<string | null>(null);
  const [user, setUser] = useState('alice');
  const aim = chosen ?? usual;
  const target = useMemo(
    () => ({
      route_id: aim.startsWith(ROUTE) && aim !== ROUTE ? aim.slice(ROUTE.length) : null,
      model_id: aim.startsWith(MODEL) ? aim.slice(MODEL.length) : null,
      user_id: user,
    }),
    [aim, user],
  );
  const { turns, isBusy, ask, clear, stop } = useChat(target);
  useImperativeHandle(ref, () => ({ ask: (text) => void ask(text) }), [ask]);
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just said comes into view
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not return.
    void end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns.length]);
  return (
    <Panel
      title={
        <span className="row pane-head">
          <Select
            aria-label={t('playground.target')}
            value={aim}
            onChange={setChosen}
            popupMatchSelectWidth={false}
            options={[
              {
                label: t('playground.routes'),
                options: routes.map(({ id }) => ({ value: `${ROUTE}${id}`, label: id })),
              },
              {
                label: t('playground.models'),
                options: models.map(({ id }) => ({ value: `${MODEL}${id}`, label: id })),
              },
            ]}
          />
          <Input
            aria-label={t('playground.user')}
            prefix={<span className="muted">{t('playground.user')}</span>}
            value={user}
            onChange={({ target: field }) => setUser(field.value)}
          />
        </span>
      }
      extra={
        isBusy ? (
          <Button onClick={stop}>{t('playground.stop')}</Button>
        ) : (
          <Button type="text" disabled={turns.length === 0} onClick={clear}>
            {t('playground.clear')}
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long talk scrolls, also by keyboard */}
      <div className="talk pane" tabIndex={0} role="log" aria-label={t('playground.talk')}>
        {turns.length === 0 && <p className="muted">{t('playground.empty')}</p>}
        {turns.map((turn, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns only ever follow one another
          <OneTurn key={at} turn={turn} />
        ))}
        <div ref={end} />
      </div>
    </Panel>
  );
}

function OneTurn({ turn: { role, text, end } }: { readonly turn: Turn }): ReactNode {
  return (
    <div className={`bubble ${role === 'user' ? 'from-user' : ''}`}>
      {role === 'user' ? (
        <div className="said">
          <PlainText text={text} />
        </div>
      ) : (
        <Markdown text={text} />
      )}
      {end && <End end={end} />}
    </div>
  );
}

/** Which model answered, why, and how fast. */
function End({ end }: { readonly end: NonNullable<Turn['end']> }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { modelUsed, assignment, usage, error, broken, firstMs, totalMs } = end;
  const word = useCodeWord();
  return (
    <div className="row small muted num turn-end">
      {modelUsed !== null && <ModelName id={modelUsed} isLink={false} />}
      {assignment && (
        <span>
          {word('reason', assignment.reason)}
          {assignment.bucket !== null && ` · ${t('who.bucket')} ${assignment.bucket}`}
          {assignment.fallback !== null &&
            ` · ${assignment.assigned_model_id}: ${word('fallback', assignment.fallback)}`}
        </span>
      )}
      {firstMs !== null && <span>{t('check.first', { time: format.duration(firstMs) })}</span>}
      <span>{format.duration(totalMs)}</span>
      {usage && usage.completion_tokens !== null && (
        <span>{t('playground.tokens', { count: usage.completion_tokens })}</span>
      )}
      {broken !== null && (
        <span className="bad" role="alert">
          {t(`playground.broken.${broken}`)}
        </span>
      )}
      {error !== null && (
        <span className="bad" role="alert">
          <PlainText text={error} />
        </span>
      )}
    </div>
  );
}
