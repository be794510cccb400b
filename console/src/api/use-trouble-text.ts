import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemError } from './problem.ts';

interface TroubleText {
  /** What happened and what to do, in the reader's language. */
  readonly title: string;
  /** What the gateway adds: it names fields and ids, in English. Null where that says nothing more. */
  readonly detail: string | null;
}

/** What to tell of an error of a call. */
export function useTroubleText(): (error: Error) => TroubleText {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ProblemError)) return { title: error.message, detail: null };
    if (error.trouble.kind === 'offline') return { title: t('common.offline'), detail: null };
    const { type, title, detail } = error.trouble.problem;
    const key = `problem.${type.replace('urn:sluice:', '')}`;
    const said = i18n.exists(key) ? t(key as 'problem.stale') : title;
    return { title: said, detail: detail === title ? null : detail };
  };
}

/** Long enough to read two sentences. */
const TOLD_SECONDS = 8;

/** Tells of an error for a while, above the page. */
export function useTellTrouble(): (error: Error) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useTroubleText();
  return (error) => {
    const { title, detail } = textOf(error);
    void message.error(detail === null ? title : t('problem.told', { title, detail }), TOLD_SECONDS);
  };
}
