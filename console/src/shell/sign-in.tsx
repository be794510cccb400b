import { Button, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionAnswer } from '../../../src/contract/console-session.ts';
import { signIn } from '../api/call.ts';
import { ProblemError } from '../api/problem.ts';
import { CopyText } from '../parts/copy-text.tsx';
import { Brand } from './brand.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

interface SignInProps {
  onDone(session: SessionAnswer): void;
}

export function SignIn({ onDone }: SignInProps): ReactNode {
  const { t } = useTranslation();
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async ({ key }: { key: string }): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onDone(await signIn(key.trim()));
    } catch (failure) {
      setError(wordsOf(failure));
      setBusy(false);
    }
  };
  const wordsOf = (failure: unknown): string => {
    if (!(failure instanceof ProblemError) || failure.status === 0) return t('common.offline');
    if (failure.status === 401) return t('signIn.wrong');
    if (failure.status === 403) return t('signIn.chatKey');
    if (failure.status === 429) return t('signIn.tooMany');
    return failure.message;
  };
  return (
    <main className="sign-in">
      <div className="sign-in-top">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <section className="sign-in-card">
        <Brand />
        <h1>{t('signIn.title')}</h1>
        <p className="muted">{t('signIn.lead')}</p>
        <Form layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
          <Form.Item
            name="key"
            label={t('signIn.key')}
            rules={[{ required: true, message: t('signIn.needed') }]}
            {...(error !== null && { validateStatus: 'error' as const, help: error })}
          >
            <Input.Password size="large" autoFocus autoComplete="current-password" placeholder="sluice_…" />
          </Form.Item>
          <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
            {t('signIn.submit')}
          </Button>
        </Form>
        <p className="muted small">{t('signIn.where')}</p>
        <CopyText text="cat data/admin.key" />
      </section>
    </main>
  );
}
