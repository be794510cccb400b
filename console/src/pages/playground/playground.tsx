import { Button, Input, Switch } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { ALL, useModels } from '../../parts/use-models.ts';
import { type Asker, ChatPane } from './chat-pane.tsx';

/** Chat through the real endpoints, as any user or with any model, two of them side by side. */
export function Playground(): ReactNode {
  const { t } = useTranslation();
  const [isDouble, setDouble] = useState(false);
  const [text, setText] = useState('');
  const panes = useRef<(Asker | null)[]>([null, null]);
  const models = useModels();
  const routes = useApi('GET /routes', { query: ALL });
  // Whoever names nothing gets the default route: it stands first.
  const defaultFirst = (routes.data?.items ?? []).toSorted((a, b) => Number(b.default) - Number(a.default));
  const send = (): void => {
    if (text.trim() === '') return;
    for (const pane of panes.current) pane?.ask(text);
    setText('');
  };
  return (
    <Page
      title={t('nav.playground')}
      lead={t('playground.lead')}
      actions={
        // biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control
        <label className="row">
          <Switch checked={isDouble} onChange={setDouble} />
          {t('playground.double')}
        </label>
      }
    >
      <Known of={models}>
        {({ items }) => (
          <div className="stack">
            <div className={isDouble ? 'grid' : ''}>
              {(isDouble ? [0, 1] : [0]).map((index) => (
                <ChatPane
                  key={index}
                  index={index}
                  models={items}
                  routes={defaultFirst}
                  ref={(asker) => {
                    panes.current[index] = asker;
                  }}
                />
              ))}
            </div>
            <div className="composer">
              <Input.TextArea
                aria-label={t('playground.message')}
                placeholder={t('playground.message')}
                autoSize={{ minRows: 2, maxRows: 8 }}
                value={text}
                onChange={({ target }) => setText(target.value)}
                onPressEnter={(event) => {
                  if (event.shiftKey || event.nativeEvent.isComposing) return;
                  event.preventDefault();
                  send();
                }}
              />
              <Button type="primary" size="large" onClick={send} disabled={text.trim() === ''}>
                {t('playground.send')}
              </Button>
            </div>
          </div>
        )}
      </Known>
    </Page>
  );
}
