import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Language, speak } from '../i18n/i18n.ts';

const OPTIONS: { label: string; value: Language }[] = [
  { label: '中文', value: 'zh-CN' },
  { label: 'EN', value: 'en-US' },
];

export function LanguageSwitch(): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <Segmented
      size="small"
      aria-label={t('shell.language')}
      options={OPTIONS}
      value={i18n.language as Language}
      onChange={(language) => void speak(language)}
    />
  );
}
