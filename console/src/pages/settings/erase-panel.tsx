import { App, Button, Form, Input, Popconfirm } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from '../../api/use-api.ts';
import { Panel } from '../../parts/panel.tsx';

/** Takes a person out of everything that is kept. */
export function ErasePanel(): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ user: string }>();
  const user = Form.useWatch('user', form) ?? '';
  const erase = useChange('DELETE /users/{id}/data');
  const run = (): void =>
    erase.mutate(
      { id: user },
      { onSuccess: ({ requests, texts }) => void message.success(t('erase.done', { requests, texts }), 8) },
    );
  return (
    <Panel title={t('erase.title')}>
      <p className="muted">{t('erase.help')}</p>
      <Form form={form} layout="inline" className="wrapping">
        <Form.Item name="user">
          <Input aria-label={t('who.user')} placeholder={t('conversations.user')} />
        </Form.Item>
        <Popconfirm title={t('erase.sure', { user })} onConfirm={run} disabled={user === ''}>
          <Button danger disabled={user === ''} loading={erase.isPending}>
            {t('erase.run')}
          </Button>
        </Popconfirm>
      </Form>
    </Panel>
  );
}
