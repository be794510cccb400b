import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from './en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = ['zh-CN', 'en-US'] as const;
export type Language = (typeof LANGUAGES)[number];
const STORED = 'sluice.language';

const WORDS: Readonly<Record<Language, () => Promise<{ default: object }>>> = {
  'zh-CN': () => import('./zh-CN.json'),
  'en-US': () => import('./en.json'),
};

/** Speaks the language that was chosen, else the browser's: Chinese for every kind of it, English for all others. */
export async function startWords(): Promise<void> {
  const language = chosenLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: (await WORDS[language]()).default } },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language): Promise<void> {
  i18next.addResourceBundle(language, 'translation', (await WORDS[language]()).default);
  await i18next.changeLanguage(language);
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
}

function chosenLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  const chosen = LANGUAGES.find((language) => language === stored);
  return chosen ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US');
}
