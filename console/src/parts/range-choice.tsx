import { Input, Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { WINDOWS, type Window } from './window-choice.tsx';

/** A time until now, or from one moment to another; as a query of the API. */
export type RangeQuery = { readonly window: Window } | { readonly from: string; readonly to?: string };

export interface Range {
  readonly query: RangeQuery;
  set(query: RangeQuery): void;
}

const DAY_MS = 86_400_000;

/** The range as it stands in the address. */
export function useRange(usual: Window): Range {
  const [words, setWords] = useSearchParams();
  const [from, to] = [words.get('from'), words.get('to')];
  const window = WINDOWS.find((one) => one === words.get('window')) ?? usual;
  return {
    query: from === null ? { window } : { from, ...(to !== null && { to }) },
    set: (query) =>
      setWords(
        (before) => {
          const after = new URLSearchParams(before);
          for (const name of ['window', 'from', 'to']) after.delete(name);
          for (const [name, value] of Object.entries(query)) if (value !== usual) after.set(name, value);
          return after;
        },
        { replace: true },
      ),
  };
}

export function RangeChoice({ query, set }: Range): ReactNode {
  const { t } = useTranslation();
  const isOwn = 'from' in query;
  const choose = (value: Window | 'own'): void => {
    if (value !== 'own') set({ window: value });
    else if (!isOwn) set({ from: new Date(Date.now() - DAY_MS).toISOString() });
  };
  return (
    <div className="row range">
      {isOwn && (
        <>
          <Moment
            label={t('window.from')}
            time={query.from}
            onChange={(from) => from !== undefined && set({ ...query, from })}
          />
          <Moment
            label={t('window.to')}
            time={query.to}
            onChange={(to) => set({ from: query.from, ...(to !== undefined && { to }) })}
          />
        </>
      )}
      <Segmented<Window | 'own'>
        aria-label={t('window.label')}
        value={isOwn ? 'own' : query.window}
        onChange={choose}
        options={[
          ...WINDOWS.map((window) => ({ value: window, label: t(`window.${window}`) })),
          { value: 'own', label: t('window.own') },
        ]}
      />
    </div>
  );
}

interface MomentProps {
  readonly label: string;
  readonly time: string | undefined;
  /** Undefined where the field was emptied. */
  onChange(time: string | undefined): void;
}

/** A day and time, in the browser's own field and the reader's time zone. */
function Moment({ label, time, onChange }: MomentProps): ReactNode {
  return (
    <Input
      type="datetime-local"
      aria-label={label}
      title={label}
      value={time === undefined ? '' : fieldText(time)}
      onChange={({ target: { value } }) => onChange(value === '' ? undefined : new Date(value).toISOString())}
    />
  );
}

/** Swedes write times as such a field wants them, but for the `T`. */
const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });

function fieldText(time: string): string {
  const moment = new Date(time);
  return Number.isNaN(moment.getTime()) ? '' : local.format(moment).replace(' ', 'T');
}
