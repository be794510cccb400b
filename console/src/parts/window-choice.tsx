import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAddressState } from './use-address-state.ts';

export const WINDOWS = ['5m', '15m', '1h', '24h', '7d'] as const;
export type Window = (typeof WINDOWS)[number];

/** The step of a series that a small drawing has room for. */
export const STEP_OF: Readonly<Record<Window, string>> = {
  '5m': '10s',
  '15m': '30s',
  '1h': '1m',
  '24h': '30m',
  '7d': '3h',
};

export function useWindow(usual: Window) {
  return useAddressState<Window>('window', usual);
}

export function WindowChoice({
  value,
  onChange,
}: {
  value: Window;
  onChange(value: Window): void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <Segmented
      aria-label={t('window.label')}
      value={value}
      onChange={onChange}
      options={WINDOWS.map((window) => ({ value: window, label: t(`window.${window}`) }))}
    />
  );
}
