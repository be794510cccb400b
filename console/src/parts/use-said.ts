import { useTranslation } from 'react-i18next';

interface Told {
  readonly en: string;
  readonly zh: string;
}

/** Picks the language of a sentence that the gateway has in both. */
export function useSaid(): (said: Told | null | undefined) => string | null {
  const { i18n } = useTranslation();
  return (said) => (said ? (i18n.language === 'zh-CN' ? said.zh : said.en) : null);
}
