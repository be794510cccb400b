import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Lists of words that the API speaks in, and where the console has them. */
const KEYS = {
  action: (code: string) => `action.${code}`,
  judgedBy: (code: string) => `judgedBy.${code}`,
  speaker: (code: string) => `speaker.${code}`,
  stratum: (code: string) => `stratum.${code}`,
  errorClass: (code: string) => `errorClass.${code}`,
  fallback: (code: string) => `fallback.${code}`,
  reason: (code: string) => `reason.${code}`,
  rolloutEvent: (code: string) => `rolloutEvent.${code}`,
} as const;
type List = keyof typeof KEYS;

/** A word of the API in the reader's language; one that the console does not know yet is left as it is. */
export function useCodeWord(): (list: List, code: string) => string {
  const { t, i18n } = useTranslation();
  return (list, code) => {
    const key = KEYS[list](code);
    return i18n.exists(key) ? t(key as 'reason.rule') : code;
  };
}

/** The same where there is room for a sign: pointed at, it is the word that headers, logs and the API have. */
export function CodeWord({ list, code }: { readonly list: List; readonly code: string }): ReactNode {
  return <span title={code}>{useCodeWord()(list, code)}</span>;
}
